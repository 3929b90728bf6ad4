// json_read.cpp - simdjson behind a C door.  The only C++ of the command; it must not throw
// and must not know what the members mean.
// Invariant: values point into the reader and live until its next call.
#include "json_read.h"

#include "json_span.h"
#include "utf8_text.h"

#include <cstring>
#include <new>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

namespace dom = simdjson::dom;

struct json_reader {
    dom::parser parser;
    std::string line;     // the bytes being read, with simdjson's padding behind them
    std::string repaired; // the same with its UTF-8 repaired
    std::vector<std::string> texts; // values that are no strings, as text
    dom::object object;
    bool has_object = false;
};

namespace {

const char REPLACEMENT[] = "\xEF\xBF\xBD";

void repair(const std::string &from, std::string &to)
{
    to.clear();
    for (std::size_t i = 0; i < from.size();) {
        std::size_t bad;
        std::size_t n = utf8_length(reinterpret_cast<const unsigned char *>(from.data()) + i,
                                    from.size() - i, &bad);
        if (n > 0)
            to.append(from, i, n);
        else
            to.append(REPLACEMENT);
        i += n > 0 ? n : bad;
    }
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// RFC 8259's grammar of a number: where it ends, or 0 when it is none.
std::size_t number_size(const char *p, std::size_t left)
{
    std::size_t i = 0;
    auto digits = [&] {
        std::size_t from = i;
        while (i < left && is_digit(p[i]))
            i++;
        return i > from;
    };
    if (i < left && p[i] == '-')
        i++;
    if (i < left && p[i] == '0')
        i++;
    else if (!digits())
        return 0;
    if (i < left && p[i] == '.') {
        i++;
        if (!digits())
            return 0;
    }
    if (i < left && (p[i] == 'e' || p[i] == 'E')) {
        i++;
        if (i < left && (p[i] == '+' || p[i] == '-'))
            i++;
        if (!digits())
            return 0;
    }
    return i;
}

// simdjson refuses numbers that do not fit 64 bits, which JSON allows.  Where each number
// stands write a 0 of the same length, so that the rest is judged as strictly as before.
bool mask_numbers(std::string &line)
{
    bool in_string = false;
    for (std::size_t i = 0; i < line.size(); i++) {
        char c = line[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '-' || is_digit(c)) {
            std::size_t n = number_size(line.data() + i, line.size() - i);
            if (n == 0)
                return false;
            line[i] = '0';
            std::memset(&line[i] + 1, ' ', n - 1);
            i += n - 1;
            // 12-3 would become "0  0": keep it an error.
            if (i + 1 < line.size() && (is_digit(line[i + 1]) || line[i + 1] == '-'))
                return false;
        }
    }
    return true;
}

simdjson::error_code parse(json_reader &r, std::string &text, dom::element &root)
{
    text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    return r.parser.parse(text.data(), text.size(), false).get(root);
}

// The number as it was written: the last member of that name, as in the tree.
json_value number_as_written(const char *line, std::size_t size, const char *name)
{
    json_value value{JSON_NUMBER, "0", 1};
    std::size_t from = 0;
    json_span span;
    while (json_span_next(line, size, name, &from, &span)) {
        value.data = line + span.begin;
        value.size = span.end - span.begin;
        if (span.last)
            break;
    }
    return value;
}

bool join_strings(dom::array array, std::string &to)
{
    to.clear();
    bool first = true;
    for (dom::element item : array) {
        std::string_view text;
        if (item.get(text))
            return false;
        if (!first)
            to += ';';
        to.append(text);
        first = false;
    }
    return true;
}

void take(json_reader &r, std::size_t index, dom::element value, json_value &to)
{
    std::string &text = r.texts[index];
    switch (value.type()) {
    case dom::element_type::NULL_VALUE:
        to = {JSON_NULL, nullptr, 0};
        return;
    case dom::element_type::STRING: {
        std::string_view view = value.get_string().value_unsafe();
        to = {JSON_STRING, view.data(), view.size()};
        return;
    }
    case dom::element_type::BOOL:
        text = value.get_bool().value_unsafe() ? "true" : "false";
        to.kind = JSON_BOOL;
        break;
    case dom::element_type::ARRAY:
        if (!join_strings(value.get_array().value_unsafe(), text))
            text = simdjson::minify(value);
        to.kind = JSON_ARRAY;
        break;
    case dom::element_type::OBJECT:
        text = simdjson::minify(value);
        to.kind = JSON_OBJECT;
        break;
    default: // numbers of any kind: read() takes them from the line
        to = {JSON_NUMBER, nullptr, 0};
        return;
    }
    to.data = text.data();
    to.size = text.size();
}

json_outcome read(json_reader &r, const char *line, std::size_t size, const char *const *names,
                  std::size_t count, json_value *values)
{
    json_outcome outcome = JSON_READ;
    dom::element root;
    simdjson::error_code error = parse(r, r.line, root);
    if (error == simdjson::UTF8_ERROR) {
        repair(r.line, r.repaired);
        r.line = r.repaired;
        line = r.repaired.data();
        size = r.repaired.size();
        outcome = JSON_REPAIRED;
        error = parse(r, r.line, root);
    }
    if (error == simdjson::NUMBER_ERROR) {
        if (!mask_numbers(r.line))
            return JSON_MALFORMED;
        error = parse(r, r.line, root);
    }
    if (error)
        return error == simdjson::MEMALLOC ? JSON_NO_MEMORY : JSON_MALFORMED;
    if (root.get(r.object))
        return JSON_NO_OBJECT;
    r.has_object = true;
    if (r.texts.size() < count)
        r.texts.resize(count);
    for (auto member : r.object)
        for (std::size_t i = 0; i < count; i++)
            if (member.key == names[i])
                take(r, i, member.value, values[i]);
    for (std::size_t i = 0; i < count; i++)
        if (values[i].kind == JSON_NUMBER)
            values[i] = number_as_written(line, size, names[i]);
    return outcome;
}

} // namespace

extern "C" {

json_reader *json_reader_new(void)
{
    return new (std::nothrow) json_reader;
}

void json_reader_free(json_reader *reader)
{
    delete reader;
}

json_outcome json_read(json_reader *reader, const char *line, size_t size,
                       const char *const *names, size_t count, json_value *values)
{
    for (size_t i = 0; i < count; i++)
        values[i] = {JSON_ABSENT, nullptr, 0};
    reader->has_object = false;
    try {
        reader->line.assign(line, size);
        return read(*reader, line, size, names, count, values);
    } catch (...) { // std::bad_alloc: nothing else is thrown here
        return JSON_NO_MEMORY;
    }
}

const char *json_repaired(const json_reader *reader, size_t *size)
{
    *size = reader->repaired.size();
    return reader->repaired.data();
}

void json_member_names(const json_reader *reader,
                       void (*visit)(void *context, const char *name, size_t size),
                       void *context)
{
    if (!reader->has_object)
        return;
    for (auto member : reader->object)
        visit(context, member.key.data(), member.key.size());
}

} // extern "C"
