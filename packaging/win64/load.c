/* load.c - loads tcprst.dll as Wireshark's plugin loader does, and says what it is
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static void *symbol(HMODULE module, const char *name) {
    void *found = (void *)GetProcAddress(module, name);
    if (!found) {
        printf("no %s\n", name);
        exit(EXIT_FAILURE);
    }
    return found;
}

/* libwireshark.dll is a stand-in that counts the calls; registering is one (packaging/win64/build).
 * The one argument is the series that the module must be for, such as 4.4. */
int main(int argc, char **argv) {
    HMODULE module = LoadLibraryA("tcprst.dll");
    char series[32];
    if (!module) {
        printf("tcprst.dll does not load: error %lu\n", GetLastError());
        return EXIT_FAILURE;
    }
    snprintf(series, sizeof series, "%d.%d", *(const int *)symbol(module, "plugin_want_major"),
             *(const int *)symbol(module, "plugin_want_minor"));
    uint32_t kind = ((uint32_t (*)(void))symbol(module, "plugin_describe"))();
    ((void (*)(void))symbol(module, "plugin_register"))();
    int calls = ((int (*)(void))symbol(GetModuleHandleA("libwireshark.dll"), "calls_until_now"))();
    printf("tcprst.dll %s for Wireshark %s loads and registers\n", (const char *)symbol(module, "plugin_version"),
           series);
    return argc == 2 && strcmp(series, argv[1]) == 0 && kind == 1 && calls == 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
