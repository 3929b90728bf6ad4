/* source.c - bytes in: read(2), then zlib when the input is gzip, then iconv when it is not
 * UTF-8, into one sliding window.  Each stage pulls from the one below and knows only it.
 * Invariant: window[begin, end) is decoded and not yet consumed. */
#include "source.h"

#include "bytes.h"
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { CHUNK = 256 * 1024 };

struct source {
    const char *name;
    int fd;
    bool regular;
    bool file_end; /* read() has returned 0 */
    bool failed;
    uint64_t bytes_read, bytes_total;

    bool gzip;
    bool gzip_end; /* the last member is complete */
    z_stream inflater;
    unsigned char *packed; /* [CHUNK], bytes of the file that zlib has not taken yet */

    iconv_t converter; /* (iconv_t)-1: the input is UTF-8 */
    size_t unit;       /* bytes to skip over when one cannot be decoded */
    bytes encoded;     /* bytes that iconv has not taken yet */
    uint64_t undecoded;
    char encoding[64];

    char *window;
    size_t begin, end, capacity;
    bool text_end; /* nothing will follow the window */
};

/* ---- stage 1: the file */

static bool file_read(source *s, void *to, size_t size, size_t *got)
{
    *got = 0;
    while (!s->file_end) {
        ssize_t n = read(s->fd, to, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            say_at(s->name, 0, "cannot be read: %s", strerror(errno));
            s->failed = true;
            return false;
        }
        s->file_end = n == 0;
        s->bytes_read += (uint64_t)n;
        *got = (size_t)n;
        break;
    }
    return true;
}

/* ---- stage 2: gzip */

static bool gzip_fail(source *s, const char *what)
{
    say_at(s->name, 0, "%s; get the whole file again, or unpack it with gunzip to see how far "
           "it goes", what);
    s->failed = true;
    return false;
}

/* The next unpacked bytes; *got 0 only at the end.  Members that follow one another are one
 * file, and zeros after the last one are padding, as in gzip(1). */
static bool gzip_read(source *s, void *to, size_t size, size_t *got)
{
    *got = 0;
    s->inflater.next_out = to;
    s->inflater.avail_out = (uInt)size;
    while (s->inflater.avail_out == size) {
        if (s->inflater.avail_in == 0) {
            size_t packed = 0;
            if (!file_read(s, s->packed, CHUNK, &packed))
                return false;
            s->inflater.next_in = s->packed;
            s->inflater.avail_in = (uInt)packed;
            if (packed == 0)
                return s->gzip_end || gzip_fail(s, "the gzip data ends too early");
        }
        if (s->gzip_end) {
            if (*s->inflater.next_in == 0) {
                s->inflater.next_in++;
                s->inflater.avail_in--;
                continue;
            }
            (void)inflateReset(&s->inflater);
            s->gzip_end = false;
        }
        int code = inflate(&s->inflater, Z_NO_FLUSH);
        if (code == Z_STREAM_END)
            s->gzip_end = true;
        else if (code != Z_OK && code != Z_BUF_ERROR)
            return gzip_fail(s, "the gzip data is damaged");
    }
    *got = size - s->inflater.avail_out;
    return true;
}

static bool unpacked_read(source *s, void *to, size_t size, size_t *got)
{
    return s->gzip ? gzip_read(s, to, size, got) : file_read(s, to, size, got);
}

/* ---- stage 3: the window of UTF-8 */

static void window_room(source *s, size_t room)
{
    if (s->capacity - s->end >= room)
        return;
    if (s->begin > 0) {
        memmove(s->window, s->window + s->begin, s->end - s->begin);
        s->end -= s->begin;
        s->begin = 0;
    }
    if (s->capacity - s->end >= room)
        return;
    size_t capacity = s->capacity < CHUNK ? CHUNK : s->capacity;
    while (capacity - s->end < room)
        capacity *= 2;
    s->window = memory_resize(s->window, capacity);
    s->capacity = capacity;
}

static void window_replacement(source *s)
{
    window_room(s, 3);
    memcpy(s->window + s->end, "\xEF\xBF\xBD", 3);
    s->end += 3;
    s->undecoded++;
}

/* Decode what is in `encoded`; the rest that is too short for a character stays there. */
static void window_decode(source *s, bool last)
{
    char *in = s->encoded.data;
    size_t left = s->encoded.size;
    while (left > 0) {
        window_room(s, left + 16);
        char *out = s->window + s->end;
        size_t room = s->capacity - s->end;
        size_t code = iconv(s->converter, &in, &left, &out, &room);
        s->end = (size_t)(out - s->window);
        if (code != (size_t)-1 || errno == E2BIG)
            continue;
        if (errno == EINVAL && !last)
            break;
        size_t skip = left < s->unit ? left : s->unit;
        window_replacement(s);
        in += skip;
        left -= skip;
    }
    if (left > 0)
        memmove(s->encoded.data, in, left);
    s->encoded.size = left;
}

static bool window_fill(source *s)
{
    size_t got = 0;
    if (s->converter == (iconv_t)-1) {
        window_room(s, CHUNK);
        if (!unpacked_read(s, s->window + s->end, CHUNK, &got))
            return false;
        s->end += got;
        s->text_end = got == 0;
        return true;
    }
    bytes_reserve(&s->encoded, CHUNK);
    if (!unpacked_read(s, s->encoded.data + s->encoded.size, CHUNK, &got))
        return false;
    s->encoded.size += got;
    s->text_end = got == 0;
    window_decode(s, s->text_end);
    return true;
}

/* ---- opening */

static bool gzip_begin(source *s)
{
    /* The first bytes are in the window already: hand them to zlib. */
    s->packed = memory_resize(NULL, CHUNK);
    size_t size = s->end - s->begin;
    memcpy(s->packed, s->window + s->begin, size);
    s->begin = s->end = 0;
    s->text_end = false;
    s->inflater.next_in = s->packed;
    s->inflater.avail_in = (uInt)size;
    if (inflateInit2(&s->inflater, 15 + 16) != Z_OK)
        return gzip_fail(s, "zlib cannot start");
    s->gzip = true;
    return true;
}

static bool decode_begin(source *s, const char *encoding)
{
    iconv_t converter = iconv_open("UTF-8", encoding);
    if (converter == (iconv_t)-1) {
        say("--encoding %s is not known here; `iconv -l` lists the names", encoding);
        return false;
    }
    s->converter = converter;
    bool wide = strstr(encoding, "16") != NULL && strstr(encoding, "125") == NULL;
    s->unit = wide ? 2 : 1;
    (void)snprintf(s->encoding, sizeof s->encoding, "%s", encoding);
    bytes_append(&s->encoded, s->window + s->begin, s->end - s->begin);
    s->begin = s->end = 0;
    window_decode(s, s->text_end);
    return true;
}

static bool begins_with(const source *s, const char *mark, size_t size)
{
    return s->end - s->begin >= size && memcmp(s->window + s->begin, mark, size) == 0;
}

/* "utf8", "UTF-8" ... */
static bool is_utf8_name(const char *name)
{
    if ((name[0] | 32) != 'u' || (name[1] | 32) != 't' || (name[2] | 32) != 'f')
        return false;
    name += name[3] == '-' ? 4 : 3;
    return name[0] == '8' && name[1] == '\0';
}

/* UTF-16 without a mark passes for UTF-8 full of NULs, all on one side of the pairs. */
static const char *utf16_by_nuls(const source *s)
{
    size_t size = s->end - s->begin, odd = 0, even = 0;
    if (size > 4096)
        size = 4096;
    for (size_t i = 0; i < size; i++)
        if (s->window[s->begin + i] == '\0') {
            if (i % 2 == 0)
                even++;
            else
                odd++;
        }
    if (odd + even < 4 || odd + even < size / 16)
        return NULL;
    return odd > even ? (even == 0 ? "UTF-16LE" : NULL) : (odd == 0 ? "UTF-16BE" : NULL);
}

/* A mark at the start wins over everything; then what was asked for; then UTF-8. */
static bool decide_encoding(source *s, const char *asked)
{
    (void)snprintf(s->encoding, sizeof s->encoding, "UTF-8");
    if (begins_with(s, "\xEF\xBB\xBF", 3)) {
        s->begin += 3;
        (void)snprintf(s->encoding, sizeof s->encoding, "UTF-8 with BOM");
        return true;
    }
    if (begins_with(s, "\xFF\xFE", 2) || begins_with(s, "\xFE\xFF", 2)) {
        const char *name = begins_with(s, "\xFF\xFE", 2) ? "UTF-16LE" : "UTF-16BE";
        s->begin += 2;
        return decode_begin(s, name);
    }
    if (asked != NULL)
        return is_utf8_name(asked) || decode_begin(s, asked);
    if (begins_with(s, "PK\x03\x04", 4))
        return true; /* a spreadsheet: not text */
    const char *guess = utf16_by_nuls(s);
    return guess == NULL || decode_begin(s, guess);
}

static int open_file(source *s, const char *path)
{
    s->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (s->fd < 0 || fstat(s->fd, &st) != 0) {
        say_at(path, 0, "cannot be opened: %s", strerror(errno));
        return EXIT_INPUT;
    }
    if (S_ISDIR(st.st_mode)) {
        say_at(path, 0, "is a directory; name the files in it, for example %s/*.csv", path);
        return EXIT_INPUT;
    }
    s->regular = S_ISREG(st.st_mode);
    s->bytes_total = s->regular ? (uint64_t)st.st_size : 0;
    return 0;
}

int source_open(source **out, const char *path, const char *encoding)
{
    source *s = memory_resize(NULL, sizeof *s);
    memset(s, 0, sizeof *s);
    *out = NULL;
    s->name = path;
    s->fd = -1;
    s->converter = (iconv_t)-1;
    int code = open_file(s, path);
    if (code == 0) {
        const char *data;
        size_t size;
        code = EXIT_INPUT;
        if (source_peek(s, 4, &data, &size)
            && (!begins_with(s, "\x1F\x8B\x08", 3)
                || (gzip_begin(s) && source_peek(s, 4096, &data, &size))))
            code = decide_encoding(s, encoding) ? 0 : EXIT_USAGE;
    }
    if (code != 0) {
        source_close(s);
        return code;
    }
    *out = s;
    return 0;
}

void source_close(source *s)
{
    if (s == NULL)
        return;
    if (s->fd > STDIN_FILENO)
        (void)close(s->fd);
    if (s->gzip)
        (void)inflateEnd(&s->inflater);
    if (s->converter != (iconv_t)-1)
        (void)iconv_close(s->converter);
    free(s->packed);
    free(s->window);
    bytes_free(&s->encoded);
    free(s);
}

/* ---- reading */

bool source_peek(source *s, size_t want, const char **data, size_t *size)
{
    while (s->end - s->begin < want && !s->text_end && !s->failed)
        if (!window_fill(s))
            break;
    *data = s->window + s->begin;
    *size = s->end - s->begin;
    return !s->failed;
}

void source_consume(source *s, size_t n)
{
    s->begin += n;
}

bool source_at_end(const source *s)
{
    return s->text_end;
}

const char *source_name(const source *s)
{
    return s->name;
}

const char *source_encoding(const source *s)
{
    return s->encoding;
}

bool source_is_gzip(const source *s)
{
    return s->gzip;
}

uint64_t source_undecoded(const source *s)
{
    return s->undecoded;
}

uint64_t source_bytes_read(const source *s)
{
    return s->bytes_read;
}

uint64_t source_bytes_total(const source *s)
{
    return s->bytes_total;
}

/* ---- formats that seek */

static int spool_fail(source *s)
{
    say_at(s->name, 0, "cannot be copied into a temporary file: %s; set TMPDIR to a folder "
           "with room", strerror(errno));
    s->failed = true;
    return -1;
}

static int temporary_file(void)
{
    const char *folder = getenv("TMPDIR");
    bytes path = {0};
    bytes_format(&path, "%s/nazar-XXXXXX", folder != NULL && *folder != '\0' ? folder : "/tmp");
    int fd = mkstemp(path.data);
    if (fd >= 0)
        (void)unlink(path.data);
    bytes_free(&path);
    return fd;
}

static bool write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        data += n;
        size -= (size_t)n;
    }
    return true;
}

int source_seekable(source *s)
{
    if (s->regular && !s->gzip && lseek(s->fd, 0, SEEK_SET) == 0)
        return s->fd;
    int fd = temporary_file();
    if (fd < 0)
        return spool_fail(s);
    const char *data;
    size_t size;
    while (source_peek(s, 1, &data, &size) && size > 0) {
        if (!write_all(fd, data, size)) {
            (void)close(fd);
            return spool_fail(s);
        }
        source_consume(s, size);
    }
    if (s->failed) {
        (void)close(fd);
        return -1;
    }
    if (s->fd > STDIN_FILENO)
        (void)close(s->fd);
    s->fd = fd;
    return fd;
}

static bool same_regular(const struct stat *a, const struct stat *b)
{
    return S_ISREG(a->st_mode) && a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool stat_input(const char *path, struct stat *st)
{
    return (strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, st) : stat(path, st)) == 0;
}

bool source_same_file(const char *path, int fd)
{
    struct stat a, b;
    return stat_input(path, &a) && fstat(fd, &b) == 0 && same_regular(&a, &b);
}

bool source_same_path(const char *a, const char *b)
{
    struct stat first, second;
    return stat_input(a, &first) && stat(b, &second) == 0 && same_regular(&first, &second);
}
