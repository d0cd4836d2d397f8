"""榕信 Rongxin: a public-credit platform for market entities. See docs/map.md."""

__version__ = "0.1.0"
