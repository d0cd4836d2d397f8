import errno

import pytest

from rongxin.cli import main


def raising(error: Exception) -> object:
    def run() -> None:
        raise error

    return run


def test_a_command_that_finds_no_room_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main, "app", raising(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(SystemExit) as left:
        main.main()

    told = capsys.readouterr().err
    assert left.value.code == 1
    assert told.startswith("存储空间已满")
    assert told.count("\n") == 1


def test_any_other_error_of_a_command_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "app", raising(ValueError("示例")))
    with pytest.raises(ValueError, match="示例"):
        main.main()
