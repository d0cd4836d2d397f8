# Two commands for everybody: `make run` and `make test`. They need Python 3.11, python3-venv and make; nothing else.
PY ?= python3
BIN := .venv/bin
export PYTHONUTF8 = 1

.PHONY: run test check format bench cluster soak lock vendor messages shots clean

run: .venv/runtime.stamp            ## migrate, load packs and demonstration data, start web, worker and scheduler
	$(BIN)/rongxin quickstart

test: .venv/dev.stamp               ## the fast suite on SQLite, then the database tests on PostgreSQL; says what it skips
	$(BIN)/python -m pytest -n auto
	$(BIN)/python -m pytest -n auto --database postgresql

check: .venv/dev.stamp              ## lint, format, types, import contracts, templates, migrations, packs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint rongxin
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/rongxin policy check

format: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djlint --reformat --quiet rongxin

bench: .venv/bench.stamp            ## every benchmark, as a ratio to a peer in the same run
	$(BIN)/rongxin bench classify
	$(BIN)/rongxin bench codes
	$(BIN)/rongxin bench intake
	$(BIN)/rongxin bench search
	$(BIN)/rongxin bench status

cluster: .venv/cluster.stamp        ## classes on a Spark cluster of two workers, equal to those of one process; needs Java 17
	RONGXIN_REQUIRE=spark $(BIN)/python -m pytest -m spark

soak: .venv/bench.stamp             ## the long tests: large files, killed workers, many histories
	$(BIN)/python -m pytest -n auto -m soak
	$(BIN)/python -m pytest -n auto -m "hypothesis and not soak and not spark" --hypothesis-profile many
	$(BIN)/python -m pytest -n auto -m soak --database postgresql

.venv/runtime.stamp: requirements/runtime.txt pyproject.toml
	test -x $(BIN)/python || $(PY) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.venv/dev.stamp: requirements/dev.txt pyproject.toml
	test -x $(BIN)/python || $(PY) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@ .venv/runtime.stamp

.venv/bench.stamp: requirements/bench.txt .venv/dev.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	touch $@

.venv/cluster.stamp: requirements/cluster.txt .venv/bench.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --require-hashes -r $<
	touch $@

lock:                               ## for maintainers: needs uv
	uv lock
	uv export --quiet --no-emit-project --no-dev --group build -o requirements/runtime.txt
	uv export --quiet --no-emit-project --no-dev --group build --extra server -o requirements/server.txt
	uv export --quiet --no-emit-project --group dev --group build --extra server -o requirements/dev.txt
	uv export --quiet --no-emit-project --no-dev --group bench -o requirements/bench.txt
	uv export --quiet --no-emit-project --no-dev --group build --extra cluster -o requirements/cluster.txt

vendor:                             ## for maintainers: needs npm; refreshes the committed front-end files and their checksums
	$(PY) tools/vendor.py

messages: .venv/dev.stamp           ## for maintainers: needs GNU gettext; collects texts for translation and compiles them
	cd rongxin && ../$(BIN)/python ../manage.py makemessages --locale en --no-location --no-wrap
	cd rongxin && ../$(BIN)/python ../manage.py compilemessages --locale en

shots: .venv/dev.stamp              ## pictures of every page, desktop and phone, into var/shots
	$(BIN)/python -m pytest tests/browser -m shots

clean:
	rm -rf .venv var
