"""Made-up numbers with the right check characters, for tests only. No real place stands in them: 350000 and 990000."""

from datetime import date

PROVINCE = "350000"
DEMONSTRATION = "990000"


def identity_number(place: str = PROVINCE, born: date = date(1990, 1, 1), order: int = 1) -> str:
    first17 = f"{place}{born:%Y%m%d}{order:03d}"
    return first17 + "10X98765432"[sum(int(digit) * 2 ** (17 - at) for at, digit in enumerate(first17)) % 11]


def old_identity_number(place: str = PROVINCE, born: date = date(1960, 1, 1), order: int = 1) -> str:
    return f"{place}{born:%y%m%d}{order:03d}"
