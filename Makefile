# Everything a fresh Debian machine with python3, git and make needs:
#   make demo    a week of letters between real mail servers on this machine, in under a minute
#   make test    checks and tests, the long proofs as a slice
#   make prove   the long proofs, whole
#   make reference   docs/commands.md, docs/when.md and schemas/, from what the code says of itself
# Each does its own set-up. What Debian has to give (below) is installed as root or with sudo.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test prove reference lint servers clean

help:
	@sed -n '2,6s/^# \{0,1\}//p' Makefile

demo: $(VENV)/demo.stamp
	$(BIN)/mailer demo

test: $(VENV)/test.stamp servers lint
	$(BIN)/pytest -n $(WORKERS) -m "not prove"

prove: $(VENV)/test.stamp servers
	$(BIN)/pytest -n $(WORKERS) -m prove

reference: $(VENV)/test.stamp
	$(BIN)/python -m tests.cli.reference

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# A virtual environment with the program; Debian leaves python3-venv out until it is asked for.
$(VENV)/bin/pip:
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(call install,python3-venv)
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.stamp: pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/test.stamp: pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/demo.stamp

# The servers and the browser that tests use; PostgreSQL comes with the Python packages.
servers:
	@test -x /usr/sbin/dovecot -a -x /usr/lib/dovecot/lmtp || $(call install,dovecot-imapd dovecot-lmtpd)
	@command -v chromium >/dev/null || $(call install,chromium fonts-noto-color-emoji)

install = { $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1); }

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache demo-output
