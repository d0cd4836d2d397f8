"""What kinds of organisations are made up, how their names are built and what their codes begin with."""

from dataclasses import dataclass

from rongxin.demonstration.trades import TRADES


@dataclass(frozen=True, slots=True)
class Form:
    """A legal form. ``pattern`` builds the name; ``beginning`` is department and category of the code (GB 32100-2015).

    ``trade`` is a position in TRADES where the form leaves no choice. ``has_capital``: the register states a sum.
    """

    beginning: str
    legal_form: str
    pattern: str
    weight: float
    trade: int | None = None
    has_capital: bool = False


def _trade_of(word: str) -> int:
    return next(position for position, trade in enumerate(TRADES) if word in trade.words)


_FARMING, _CONSULTING = _trade_of("农业发展"), _trade_of("企业管理咨询")
_TRADING, _TEACHING = _trade_of("商贸"), _trade_of("教育咨询")

FORMS: tuple[Form, ...] = (
    Form("91", "有限责任公司", "{place}{core}{word}有限公司", 30, has_capital=True),
    Form("91", "有限责任公司（自然人投资或控股）", "{place}{core}{word}有限公司", 9, has_capital=True),
    Form("91", "有限责任公司（法人独资）", "{place}{core}{word}有限责任公司", 4, has_capital=True),
    Form("91", "有限责任公司", "示例{core}（福州）{word}有限公司", 4, has_capital=True),
    Form("91", "股份有限公司（非上市）", "{place}{core}{word}股份有限公司", 3, has_capital=True),
    Form("91", "有限责任公司（集团）", "{place}{core}集团有限公司", 1.5, trade=_TRADING, has_capital=True),
    Form("91", "股份有限公司（非上市）", "福建示例{core}{long}股份有限公司", 0.4, trade=_TRADING, has_capital=True),
    Form("91", "有限责任公司分公司", "{place}{core}{word}有限公司{branch}示例分公司", 2.5),
    Form("91", "个人独资企业", "{place}{core}{house}", 3, has_capital=True),
    Form(
        "91", "有限合伙企业", "{place}{core}{partnership}合伙企业（有限合伙）", 2, trade=_CONSULTING, has_capital=True
    ),
    Form("92", "个体工商户", "福州市{district}{core}{shop}", 32),
    Form("93", "农民专业合作社", "{village}{core}{crop}专业合作社", 3, trade=_FARMING, has_capital=True),
    Form("12", "事业单位", "福州市{district}{ordinal}{institution}", 1, trade=_TEACHING),
    Form("51", "社会团体", "福州示例{core}{association}", 1, trade=_TEACHING),
    Form("52", "民办非企业单位", "{district}{core}{service}", 1.5, trade=_TEACHING),
)

SOLE_TRADER = "92"
ENTERPRISE = "91"
