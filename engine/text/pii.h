/* pii.h - masks what identifies a person: telephone numbers, e-mail addresses, payment
 * cards, IBANs, national identity numbers, @handles.
 *
 * Numbers count only with their check digits, lengths and groups, in the digits of any
 * script; prices, dates and shorter order numbers stay, and so do URLs.
 * It must not know tokens or languages.
 * Invariant: what is not masked is copied byte for byte, malformed bytes too. */
#ifndef NZ_TEXT_PII_H
#define NZ_TEXT_PII_H

#include "base/buffer.h"

/* Append text to out with [phone] [email] [card] [iban] [id] [handle] in place of what they
 * name.  NZ_E_MEMORY, NZ_E_LIMIT: the cap of out. */
NZ_NODISCARD nz_status pii_redact(const char *text, size_t len, buffer *out);

#endif
