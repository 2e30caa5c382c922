"""Leaves tests out where a tool is missing, and says which; where CI is set that is a failure.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import importlib
import os
import shutil
import warnings

import pytest


def importable(module):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # gi warns of modules that nobody asked a version of
        try:
            importlib.import_module(module)
        except ImportError:
            return False
    return True


def require(packages, tools=(), modules=()):
    """For the top of a file of tests.  packages: Debian's, for the reader."""
    missing = [tool for tool in tools if not shutil.which(tool)]
    missing += [module for module in modules if not importable(module)]
    if not missing:
        return
    told = f"missing: {' '.join(missing)} (Debian: {packages})"
    if os.environ.get("CI") == "true":
        pytest.fail(told, pytrace=False)
    pytest.skip(told, allow_module_level=True)
