/* print.c - data of the small commands to stdout, every write checked. */
#include "bytes.h"
#include "command.h"
#include "output.h"

int print_data(const struct bytes *data)
{
    output *out;
    const output_plan plan = {0};
    int code = output_open(&out, &plan);
    if (code != 0)
        return code;
    bool good = output_write(out, data->data, data->size);
    code = good || output_closed(out) ? EXIT_DONE : EXIT_FAILED;
    output_close(out, false);
    return code;
}
