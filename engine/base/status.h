/* status.h - how every fallible function of the engine reports failure.
 *
 * A function returns nz_status and fills the caller's nz_error at the place that
 * knows most; callers only forward.  It must not know: any other module.
 * Invariant: a message is one line, says what to do where that is known, and
 * never holds comment text. */
#ifndef NZ_BASE_STATUS_H
#define NZ_BASE_STATUS_H

#include "nazar/nazar.h"

#if defined(__GNUC__)
#define NZ_PRINTF(format_index, first_arg) \
    __attribute__((format(printf, format_index, first_arg)))
#define NZ_NODISCARD __attribute__((warn_unused_result))
#else
#define NZ_PRINTF(format_index, first_arg)
#define NZ_NODISCARD
#endif

/* What only a bug of ours can break.  Off in release builds (NDEBUG). */
#ifdef NDEBUG
#define NZ_ASSERT(condition) ((void)0)
#else
#define NZ_ASSERT(condition) ((condition) ? (void)0 : __builtin_trap())
#endif

/* Forward a failure; the callee has filled err. */
#define NZ_TRY(call)                         \
    do {                                     \
        nz_status nz_try_status_ = (call);   \
        if (nz_try_status_ < 0) {            \
            return nz_try_status_;           \
        }                                    \
    } while (0)

/* The same inside a function with one exit label `done:` and a variable `status`. */
#define NZ_TRY_GOTO(call)        \
    do {                         \
        status = (call);         \
        if (status < 0) {        \
            goto done;           \
        }                        \
    } while (0)

/* Fill err (may be NULL) and return status. */
nz_status status_fail(nz_error *err, nz_status status, const char *format, ...) NZ_PRINTF(3, 4);

/* The same with a byte offset and a foreign code (errno, PCRE2, ICU). */
nz_status status_fail_at(nz_error *err, nz_status status, uint64_t offset, int32_t detail,
                         const char *format, ...) NZ_PRINTF(5, 6);

/* The one wording for a failed allocation. */
nz_status status_no_memory(nz_error *err);

#endif
