/* command_inspect.c - `nazar inspect`: what a model file holds, as text or as JSON.  It reads
 * the model through the public header alone. */
#include "bytes.h"
#include "command.h"
#include "json_span.h"
#include "model_file.h"
#include "options.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *kind_name(nz_head_kind kind)
{
    return kind == NZ_HEAD_SINGLE ? "single" : kind == NZ_HEAD_MULTI ? "multi" : "binary";
}

static void write_text(bytes *out, const char *text)
{
    json_write_string(out, text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
}

/* ---- for people */

static void print_head(const nz_model *model, uint32_t head, bytes *out)
{
    uint32_t count = nz_model_label_count(model, head);
    bytes_format(out, "  %-10s %-6s %2u:", nz_model_head_name(model, head),
                 kind_name(nz_model_head_kind(model, head)), count);
    for (uint32_t i = 0; i < count; i++) {
        const char *name = nz_model_label_name(model, head, i);
        bytes_format(out, " %s", name == NULL || *name == '\0' ? "(none)" : name);
    }
    bytes_byte(out, '\n');
}

static void print_model(const nz_model *model, const char *path, uint64_t size, bytes *out)
{
    bytes_format(out, "%s: %.1f MB\n\nheads:\n", path, (double)size / 1e6);
    for (uint32_t i = 0; i < nz_model_head_count(model); i++)
        print_head(model, i, out);
    bytes_text(out, "\nchannels:");
    const char *name;
    for (uint32_t i = 0; (name = nz_model_channel_name(model, i)) != NULL; i++)
        bytes_format(out, " %s", name);
    bytes_text(out, "\nteams:   ");
    for (uint32_t i = 0; (name = nz_model_team_name(model, i)) != NULL; i++)
        bytes_format(out, " %s", name);
    bytes_text(out, "\n\nsettings:\n");
    for (uint32_t i = 0; (name = nz_model_meta_key(model, i)) != NULL; i++)
        bytes_format(out, "  %-28s %s\n", name, nz_model_meta_value(model, i));
}

/* ---- for programs */

static void write_head(const nz_model *model, uint32_t head, bytes *out)
{
    static const char *const languages[] = {"fa", "ar", "en"};
    bytes_text(out, "{\"name\":");
    write_text(out, nz_model_head_name(model, head));
    bytes_format(out, ",\"kind\":\"%s\",\"labels\":[", kind_name(nz_model_head_kind(model, head)));
    for (uint32_t i = 0; i < nz_model_label_count(model, head); i++) {
        bytes_text(out, i > 0 ? ",{\"id\":" : "{\"id\":");
        write_text(out, nz_model_label_name(model, head, i));
        for (size_t k = 0; k < sizeof languages / sizeof languages[0]; k++) {
            bytes_format(out, ",\"%s\":", languages[k]);
            write_text(out, nz_model_label_title(model, head, i, languages[k]));
        }
        bytes_byte(out, '}');
    }
    bytes_text(out, "]}");
}

static void write_names(const nz_model *model, const char *title,
                        const char *(*get)(const nz_model *, uint32_t), bytes *out)
{
    const char *name;
    bytes_format(out, ",\"%s\":[", title);
    for (uint32_t i = 0; (name = get(model, i)) != NULL; i++) {
        if (i > 0)
            bytes_byte(out, ',');
        write_text(out, name);
    }
    bytes_byte(out, ']');
}

static void write_model(const nz_model *model, const char *path, uint64_t size, bytes *out)
{
    bytes_text(out, "{\"file\":");
    write_text(out, path);
    bytes_format(out, ",\"bytes\":%llu,\"heads\":[", (unsigned long long)size);
    for (uint32_t i = 0; i < nz_model_head_count(model); i++) {
        if (i > 0)
            bytes_byte(out, ',');
        write_head(model, i, out);
    }
    bytes_byte(out, ']');
    write_names(model, "channels", nz_model_channel_name, out);
    write_names(model, "teams", nz_model_team_name, out);
    bytes_text(out, ",\"meta\":{");
    const char *key;
    for (uint32_t i = 0; (key = nz_model_meta_key(model, i)) != NULL; i++) {
        if (i > 0)
            bytes_byte(out, ',');
        write_text(out, key);
        bytes_byte(out, ':');
        write_text(out, nz_model_meta_value(model, i));
    }
    bytes_text(out, "}}\n");
}

static int inspect(const char *path, bool json)
{
    nz_model *model;
    bytes found = {0}, out = {0};
    struct stat st;
    int code = model_file_open(&model, path, NULL);
    if (code != 0)
        return code;
    (void)model_file_path(path, &found);
    uint64_t size = stat(bytes_string(&found), &st) == 0 ? (uint64_t)st.st_size : 0;
    if (json)
        write_model(model, found.data, size, &out);
    else
        print_model(model, found.data, size, &out);
    nz_model_free(model);
    code = print_data(&out);
    bytes_free(&found);
    bytes_free(&out);
    return code;
}

int command_inspect(int argc, char **argv)
{
    bool json = false;
    const option known[] = {
        {"json", '\0', OPTION_FLAG, &json, "write one JSON object", NULL},
        {NULL, '\0', OPTION_FLAG, NULL, NULL, NULL}};
    command_line line = {.command = "inspect", .usage = "[OPTIONS] [MODEL]",
                         .about = "Show what MODEL (else the installed one) holds: heads and "
                                  "labels, channels,\nteams, and the settings and scores that "
                                  "its trainer wrote into it.",
                         .examples = "  nazar inspect\n  nazar inspect --json\n"};
    int code = EXIT_USAGE;
    if (!options_parse(&line, known, argc, argv))
        code = line.exit_code;
    else if (line.arguments.count > 1)
        say("inspect: one model at a time");
    else
        code = inspect(line.arguments.count == 1 ? line.arguments.items[0] : NULL, json);
    options_free(&line);
    return code;
}
