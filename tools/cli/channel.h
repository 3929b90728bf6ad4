/* channel.h - channels of a model by the names that people write. */
#ifndef NAZAR_CLI_CHANNEL_H
#define NAZAR_CLI_CHANNEL_H

#include <nazar/nazar.h>

/* Index of the channel, whatever the case and - for _; NZ_NONE when it is none. */
uint32_t channel_find(const nz_model *model, const char *name, size_t size);
/* An error that lists the channels. */
void channel_say_names(const nz_model *model, const char *asked);

#endif /* NAZAR_CLI_CHANNEL_H */
