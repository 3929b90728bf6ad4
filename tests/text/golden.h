/* golden.h - what the tests of the text room share: tab-separated goldens, gzipped corpora.
 * It must not know what is tested. */
#ifndef NZ_TESTS_TEXT_GOLDEN_H
#define NZ_TESTS_TEXT_GOLDEN_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nazar/nazar.h"

enum { GOLDEN_COLUMNS = 8, GOLDEN_LINE = 4096 };

typedef struct golden {
    FILE *file;
    char line[GOLDEN_LINE];
    char *column[GOLDEN_COLUMNS];
    int count;
} golden;

static inline bool golden_open(golden *g, const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    g->file = fopen(path, "r");
    return g->file != NULL;
}

/* The next line that is no comment and not empty, cut into columns. */
static inline bool golden_next(golden *g)
{
    while (fgets(g->line, sizeof g->line, g->file) != NULL) {
        char *at = g->line;
        g->line[strcspn(g->line, "\r\n")] = '\0';
        if (g->line[0] == '#' || g->line[0] == '\0') {
            continue;
        }
        for (g->count = 0; at != NULL && g->count < GOLDEN_COLUMNS; g->count++) {
            g->column[g->count] = at;
            at = strchr(at, '\t');
            if (at != NULL) {
                *at++ = '\0';
            }
        }
        return true;
    }
    fclose(g->file);
    return false;
}

static inline nz_language golden_language(const char *code)
{
    return strcmp(code, "fa") == 0   ? NZ_LANG_FA
           : strcmp(code, "ar") == 0 ? NZ_LANG_AR
           : strcmp(code, "en") == 0 ? NZ_LANG_EN
                                     : NZ_LANG_OTHER;
}

/* A gzipped file of the shared corpora, unpacked by gzip; NULL when it is not there. */
static inline FILE *golden_shared(const char *name)
{
    char command[1100], path[1024];
    snprintf(path, sizeof path, "%s/%s", NZ_SHARED_DIR, name);
    FILE *probe = fopen(path, "r");
    if (probe == NULL) {
        return NULL;
    }
    fclose(probe);
    snprintf(command, sizeof command, "gzip -dc '%s'", path);
    return popen(command, "r");
}

#endif
