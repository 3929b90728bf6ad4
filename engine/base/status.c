/* status.c - fills nz_error; names statuses.  Knows no other module. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

static void fill(nz_error *err, nz_status status, uint64_t offset, int32_t detail,
                 const char *format, va_list args)
{
    if (err == NULL) {
        return;
    }
    err->struct_size = (uint32_t)sizeof *err;
    err->status = status;
    err->offset = offset;
    err->detail = detail;
    err->reserved = 0;
    if (vsnprintf(err->message, sizeof err->message, format, args) < 0) {
        err->message[0] = '\0';
    }
}

nz_status status_fail(nz_error *err, nz_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, status, UINT64_MAX, 0, format, args);
    va_end(args);
    return status;
}

nz_status status_fail_at(nz_error *err, nz_status status, uint64_t offset, int32_t detail,
                         const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, status, offset, detail, format, args);
    va_end(args);
    return status;
}

nz_status status_no_memory(nz_error *err)
{
    return status_fail(err, NZ_E_MEMORY, "out of memory");
}

const char *nz_status_name(nz_status status)
{
    switch (status) {
    case NZ_OK: return "NZ_OK";
    case NZ_E_ARGUMENT: return "NZ_E_ARGUMENT";
    case NZ_E_MEMORY: return "NZ_E_MEMORY";
    case NZ_E_LIMIT: return "NZ_E_LIMIT";
    case NZ_E_INTERNAL: return "NZ_E_INTERNAL";
    case NZ_E_CANCELLED: return "NZ_E_CANCELLED";
    case NZ_E_UTF8: return "NZ_E_UTF8";
    case NZ_E_IO: return "NZ_E_IO";
    case NZ_E_MODEL_MAGIC: return "NZ_E_MODEL_MAGIC";
    case NZ_E_MODEL_VERSION: return "NZ_E_MODEL_VERSION";
    case NZ_E_MODEL_CORRUPT: return "NZ_E_MODEL_CORRUPT";
    case NZ_E_MODEL_CHECKSUM: return "NZ_E_MODEL_CHECKSUM";
    case NZ_E_MODEL_SECTION: return "NZ_E_MODEL_SECTION";
    case NZ_E_MODEL_PROBE: return "NZ_E_MODEL_PROBE";
    case NZ_E_RULE_SYNTAX: return "NZ_E_RULE_SYNTAX";
    case NZ_E_DATA: return "NZ_E_DATA";
    default: return "NZ_E_UNKNOWN";
    }
}

uint32_t nz_version_number(void)
{
    return NZ_VERSION_MAJOR * 10000u + NZ_VERSION_MINOR * 100u + NZ_VERSION_PATCH;
}

const char *nz_version_string(void)
{
    return NZ_VERSION_STRING;
}
