"""What recomputing the ledger finds wrong (ledger.verifying), in Chinese for whoever reads the page."""

import re
from typing import Final

from rongxin.policy.words import Title

_N: Final = r"(\d+)"
_WORDS: Final = tuple(
    (re.compile(form), zh)
    for form, zh in (
        (rf"entry {_N} is missing", "第 {0} 项不见了"),
        (rf"entry {_N}: its leaf is another", "第 {0} 项与它的哈希不符：记账以后被改过"),
        (rf"entry {_N}: {_N} bytes", "第 {0} 项长 {1} 字节，不是 118"),
        (rf"entry {_N}: not an entry of this log", "第 {0} 项不是这本账的条目"),
        (
            rf"entry {_N}: number {_N} in its stream, {_N} expected",
            "第 {0} 项在所属流中编号为 {1}，应为 {2}：中间少了或者多了",
        ),
        (rf"entry {_N}: follows another event of its stream", "第 {0} 项接的不是同一流的上一项"),
        (rf"entry {_N}: earlier than the event before it in its stream", "第 {0} 项的时间早于同一流的上一项"),
        (rf"entry {_N}: filed in another stream", "第 {0} 项归到了别的流"),
        (rf"entry {_N}: its contents were changed or their key is missing", "第 {0} 项的内容被改过，或者密钥不见了"),
        (rf"entry {_N}: half of its contents is gone", "第 {0} 项的内容只剩一半"),
        (rf"entry {_N} does not say what was committed to", "第 {0} 项的内容不是记账时的内容"),
        (rf"entry {_N} was emptied, and no erasure tells of it", "第 {0} 项的内容没有了，却没有销毁记录"),
        (
            rf"the entries up to {_N} give another root than they were kept with",
            "第 0 到 {0} 项算出的树根，与当时留下的不同",
        ),
        (rf"the heads of streams at {_N} are not those of its map", "截至 {0} 项的末端表，与条目算出的不同"),
        (rf"the file of the heads map at {_N} is missing or changed", "截至 {0} 项的末端表文件不见了，或者被改过"),
        (rf"{_N} entries are there, the last cut has {_N}", "现有 {0} 项，最后一次记账时是 {1} 项"),
        (r"stream ([0-9a-f]+) does not end as its entries do", "流 {0} 的末项与条目不符"),
        (r"stream ([0-9a-f]+) is missing", "流 {0} 不见了"),
        (rf"the checkpoint of {_N}: (.*)", "{0} 项的检查点读不了：{1}"),
        (rf"the checkpoint of {_N} says {_N} entries with another root", "{0} 项的检查点写的是 {1} 项，树根不同"),
        (r"the published checkpoint: (.*)", "已发布的检查点读不了：{0}"),
        (
            rf"the published checkpoint of {_N} entries is not of this log: .*",
            "已发布的 {0} 项的检查点不是这本账的：条目被删或者被改过",
        ),
        (rf"the published checkpoint of {_N} is missing in the database", "已发布的 {0} 项的检查点，数据库里没有"),
        (r"no checkpoint is published", "检查点没有发布"),
    )
)


def fault_title(line: str) -> Title:
    """A line of ``ledger.verifying.verify`` in both languages; one that is not known stays as it is."""
    for form, zh in _WORDS:
        if found := form.fullmatch(line):
            return Title(zh=zh.format(*found.groups()), en=line)
    return Title(zh=line, en=line)
