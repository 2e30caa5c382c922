# Completion of tcprst's options for bash.
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
_tcprst() {
    local word=${COMP_WORDS[COMP_CWORD]}
    local options='--json --events --verdicts --unfollowed --live= --keep= --filter= --since= --until= --sensor=
        --anonymise --quiet --name-files --merge --version --help'
    COMPREPLY=()
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
        [[ ${COMPREPLY[*]} == *= ]] && compopt -o nospace
    else
        compopt -o filenames -o default
    fi
    return 0
}
complete -F _tcprst tcprst
