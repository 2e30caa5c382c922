# Installs the plugin and its profile for the present user, or removes them: install.ps1 [-Remove]
#
# -Settings  Wireshark's personal folder, where it is not %APPDATA%\Wireshark
# -Series    the series of Wireshark, such as 4.4, where it is not found
#
# SPDX-License-Identifier: GPL-2.0-or-later
param(
    [switch]$Remove,
    [string]$Settings = (Join-Path $env:APPDATA 'Wireshark'),
    [string]$Series = ''
)
$ErrorActionPreference = 'Stop'
$profileFolder = Join-Path $Settings 'profiles\TCP resets'

function Find-Series {
    $places = @(
        (Join-Path $env:ProgramFiles 'Wireshark\Wireshark.exe'),
        (Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\Wireshark.exe' `
            -ErrorAction SilentlyContinue).'(default)'
    )
    foreach ($place in $places) {
        if ($place -and (Test-Path $place)) {
            $version = (Get-Item $place).VersionInfo
            return '{0}.{1}' -f $version.FileMajorPart, $version.FileMinorPart
        }
    }
    throw 'Wireshark was not found. Say which series it is: install.ps1 -Series 4.4'
}

# The folder goes, too, and those above it up to "plugins", where nothing else is in them.
function Remove-Module([System.IO.FileInfo]$module) {
    Remove-Item $module.FullName
    Write-Output "Removed $($module.FullName)"
    $folder = $module.Directory
    while ($folder.FullName -ne $Settings -and -not (Get-ChildItem $folder.FullName -Force)) {
        Remove-Item $folder.FullName
        $folder = $folder.Parent
    }
}

if ($Remove) {
    Get-ChildItem (Join-Path $Settings 'plugins\*\epan\tcprst.dll') -ErrorAction SilentlyContinue |
        ForEach-Object { Remove-Module $_ }
    if (Test-Path $profileFolder) {
        Remove-Item $profileFolder -Recurse
        Write-Output "Removed $profileFolder"
    }
    exit
}

if (-not $Series) { $Series = Find-Series }
$source = Join-Path $PSScriptRoot "plugins\$Series\epan\tcprst.dll"
if (-not (Test-Path $source)) {
    $had = (Get-ChildItem (Join-Path $PSScriptRoot 'plugins') -Name) -join ', '
    throw "There is no module for Wireshark $Series in this archive, only for: $had"
}
$target = Join-Path $Settings "plugins\$Series\epan"
New-Item -ItemType Directory -Force $target, (Split-Path $profileFolder) | Out-Null
Copy-Item $source $target -Force
Unblock-File (Join-Path $target 'tcprst.dll')
Copy-Item (Join-Path $PSScriptRoot 'profiles\TCP resets') (Split-Path $profileFolder) -Recurse -Force
Write-Output "Installed for Wireshark ${Series}: $target\tcprst.dll and the profile 'TCP resets'"
