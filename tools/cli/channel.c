/* channel.c - channels by name. */
#include "channel.h"

#include "bytes.h"
#include "command.h"
#include "detect.h"

#include <string.h>

uint32_t channel_find(const nz_model *model, const char *name, size_t size)
{
    const char *known;
    for (uint32_t i = 0; (known = nz_model_channel_name(model, i)) != NULL; i++)
        if (detect_same_name(name, size, known, strlen(known)))
            return i;
    return NZ_NONE;
}

void channel_say_names(const nz_model *model, const char *asked)
{
    bytes words = {0};
    const char *known;
    for (uint32_t i = 0; (known = nz_model_channel_name(model, i)) != NULL; i++)
        bytes_format(&words, "%s%s", i > 0 ? ", " : "", known);
    say("--channel %.40s is no channel of this model; it knows %s", asked, bytes_string(&words));
    bytes_free(&words);
}
