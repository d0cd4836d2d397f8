"""The parts of public addresses: a unified code, a record number."""


class Uscc:
    """Eighteen letters and digits. Whether a subject bears them is asked later; small letters are led to capitals."""

    regex = "[0-9A-Za-z]{18}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class RecordNumber:
    """Origin platform and ULID, see ``records.numbers``."""

    regex = "[0-9A-Z]{2,12}-[0-9A-HJKMNP-TV-Z]{26}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
