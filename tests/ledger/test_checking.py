"""``rongxin check`` refuses a log whose secrets lie beside the data."""

import pytest
from pydantic import SecretStr

from config.environment import Environment
from rongxin.ledger.checking import faults_of

KEY = SecretStr("5a" * 32)
SAFE = {"ledger_signing_key": KEY, "ledger_stream_key": KEY, "ledger_payload_key": KEY}


def test_safe_settings_have_no_fault() -> None:
    assert (
        list(faults_of(Environment(**SAFE, ledger_witnesses=f"w.example/a={'0a' * 32}, w.example/b={'0b' * 32}"))) == []
    )


@pytest.mark.parametrize(
    ("unsafe", "fault"),
    [
        *(
            ({f"ledger_{name}_key": SecretStr("")}, f"rongxin.ledger_{name}_key")
            for name in ("signing", "stream", "payload")
        ),
        ({"ledger_signing_key": SecretStr("5a" * 31)}, "rongxin.ledger_signing_key"),
        ({"ledger_stream_key": SecretStr("xy" * 32)}, "rongxin.ledger_stream_key"),
        ({"ledger_witnesses": "somebody"}, "rongxin.ledger_witnesses"),
        ({"ledger_witnesses": f"w={'zz' * 32}"}, "rongxin.ledger_witnesses"),
    ],
    ids=str,
)
def test_an_unsafe_setting_is_named_with_what_to_do(unsafe: dict, fault: str) -> None:
    found = list(faults_of(Environment(**{**SAFE, **unsafe})))
    assert [each.id for each in found] == [fault]
    assert found[0].hint
