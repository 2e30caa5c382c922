# Generator of the project's own captures: TCP conversations told as stories, with their truth.
# SPDX-License-Identifier: GPL-2.0-or-later
