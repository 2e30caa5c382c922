# Tries the plugin in the official Wireshark of this machine: try.ps1 -Zip FILE -Said FOLDER
#
# Untried until its first run in .github/workflows/build.yml.  Installs from the archive, compares report and JSON
# of case A and B with what Linux printed (packaging/say-cases), and removes it again.
#
# SPDX-License-Identifier: GPL-2.0-or-later
param([Parameter(Mandatory)][string]$Zip, [Parameter(Mandatory)][string]$Said)
$ErrorActionPreference = 'Stop'
$tshark = Join-Path $env:ProgramFiles 'Wireshark\tshark.exe'
$unpacked = Join-Path ([IO.Path]::GetTempPath()) 'tcprst'
Expand-Archive $Zip $unpacked -Force
& (Join-Path $unpacked 'install.ps1')

& $tshark -G plugins
if (-not (& $tshark -G plugins | Select-String 'tcprst.dll')) { throw 'tshark does not load tcprst.dll' }
foreach ($case in 'case-a', 'case-b') {
    foreach ($what in 'report', 'json') {
        $got = & $tshark -n -q -r "pcaps\$case.pcapng" -z "tcprst,$what" | Out-String
        $wanted = Get-Content (Join-Path $Said "$case.$what") -Raw
        if (($got -replace "`r", '').Trim() -ne ($wanted -replace "`r", '').Trim()) {
            Write-Output $got
            throw "$case`: $what is not what it is on Linux"
        }
    }
}

& (Join-Path $unpacked 'install.ps1') -Remove
if (& $tshark -G plugins | Select-String 'tcprst.dll') { throw 'tcprst.dll is still loaded after its removal' }
