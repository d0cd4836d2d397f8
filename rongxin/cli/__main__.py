"""``python -m rongxin.cli`` is the same as ``rongxin``."""

from rongxin.cli.main import main

main()
