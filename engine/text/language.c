/* language.c - votes of a token, and the decision over a comment.
 *
 * The script of a token is known, so its own four classes compete: Persian, Arabic,
 * Kurdish and Urdu in Arabic letters; English, Finglish, Arabizi and the rest in Latin
 * ones.  language_table.inc holds their n-gram weights; what follows here is counting.
 * It must not know features, stems or sentiment.
 * Invariant: at most MAX_WORDS words of a comment are looked at; nothing is allocated. */
#include "text/language.h"

#include <string.h>

#include "base/hash.h"
#include "text/codepoint.h"
#include "text/join.h"
#include "text/utf8.h"

#include "text/language_table.inc"

/* Words that are looked at; no comment needs more to show its language. */
#define MAX_WORDS 512u
#define MAX_LETTERS 48u
#define SLOT_MULTIPLIER UINT64_C(0x9E3779B97F4A7C15)

/* Thresholds in 1/16 nat, chosen on comments that were held out from the training and on pairs
 * of them glued together. */
#define FOREIGN_SCRIPT_COST 16  /* a letter in one script against the classes of the other */
#define RARE_CLASS_COST 24      /* most of what is in Latin letters is English */
#define COMPANION_GAIN 32       /* Finglish beside Persian letters, Arabizi beside Arabic */
#define SWITCH_MARGIN 32        /* five words together must say this to leave the majority */
#define CLEARLY_ENGLISH 16      /* ... to stay English inside Finglish or Arabizi */
#define KNOWN_MARGIN 24
#define WINDOW 2u

typedef enum script { SCRIPT_ARABIC, SCRIPT_LATIN, SCRIPT_FOREIGN, SCRIPT_NONE } script;

static const language_class script_class[2][4] = {
    {LANGUAGE_FA, LANGUAGE_AR, LANGUAGE_KU, LANGUAGE_UR},
    {LANGUAGE_EN, LANGUAGE_FINGLISH, LANGUAGE_ARABIZI, LANGUAGE_LATIN}};
/* Lanes of a vote, in the order above. */
enum { LANE_FA = 0, LANE_AR = 1, LANE_EN = 0, LANE_FINGLISH = 1, LANE_ARABIZI = 2 };
static const nz_language script_language[2][4] = {
    {NZ_LANG_FA, NZ_LANG_AR, NZ_LANG_OTHER, NZ_LANG_OTHER},
    {NZ_LANG_EN, NZ_LANG_FA, NZ_LANG_AR, NZ_LANG_OTHER}};

/* The letters of a token as codes of the table, an edge before, behind and between. */
typedef struct spelling {
    uint8_t code[MAX_LETTERS + 2];
    uint32_t count;   /* with the edges */
    uint32_t letters; /* without */
    script script;
} spelling;

typedef struct word {
    int16_t vote[4];
    uint32_t token;
    uint16_t letters;
    uint8_t script;
    uint8_t language; /* nz_language, once decided */
    bool repeated;    /* an equal token stands before: it counts no more */
    bool known;       /* a frequent word, or spelled as clearly as one; not a name */
    bool silent;      /* a brand or technical word, or nothing known */
    bool emoji_name;
    bool alone;       /* join.h: it is no affix */
} word;

typedef struct comment {
    word words[MAX_WORDS];
    uint32_t count;
    int32_t sum[2][4];
    uint32_t letters[3]; /* by script, repeated words once, silent ones not */
    bool spoken[2];      /* any token of the script, silent or not */
} comment;

/* ---- Spelling ------------------------------------------------------------- */

static script class_script(codepoint_class c)
{
    switch (c) {
    case CODEPOINT_ARABIC:
        return SCRIPT_ARABIC;
    case CODEPOINT_LATIN:
        return SCRIPT_LATIN;
    case CODEPOINT_LETTER:
        return SCRIPT_FOREIGN;
    default:
        return SCRIPT_NONE;
    }
}

/* Arabic letters decide, then Latin ones: iphoneها is Persian. */
static script find_script(const char *bytes, const char *end)
{
    script found = SCRIPT_NONE;
    for (const char *at = bytes; at < end;) {
        script s = class_script(codepoint_class_of(utf8_next(&at)));
        if (s < found) {
            found = s;
        }
        if (found == SCRIPT_ARABIC) {
            break;
        }
    }
    return found;
}

static void push_code(spelling *s, uint32_t code)
{
    /* A third equal letter is emphasis, a second edge is none. */
    uint32_t n = s->count;
    bool stretched = n >= 2 && s->code[n - 1] == code && s->code[n - 2] == code;
    bool edge_again = code == LETTER_EDGE && s->code[n - 1] == LETTER_EDGE;
    if (stretched || edge_again || s->letters >= MAX_LETTERS) {
        return;
    }
    s->code[s->count++] = (uint8_t)code;
    s->letters++;
}

static void push_letter(spelling *s, uint32_t own)
{
    uint32_t code = own < 0x700 ? letter_code[own] : 0;
    push_code(s, code != 0 ? code : LETTER_OTHER);
}

static void push_codepoint(spelling *s, uint32_t c)
{
    const codepoint_info *info = codepoint_lookup(c);
    codepoint_class class_ = (codepoint_class)info->class_;
    if (class_script(class_) == s->script) {
        if (info->sequence_len == 0) {
            push_letter(s, codepoint_own(info, c));
            return;
        }
        const uint32_t *sequence = codepoint_sequence(info);
        for (uint32_t i = 0; i < info->sequence_len; i++) {
            push_letter(s, sequence[i]);
        }
    } else if (class_ == CODEPOINT_ZWNJ && s->script == SCRIPT_ARABIC) {
        push_code(s, LETTER_ZWNJ);
    } else if (class_ == CODEPOINT_DIGIT && s->script == SCRIPT_LATIN) {
        push_letter(s, '0' + (uint32_t)info->digit);
    } else if ((c == '\'' || c == 0x2019) && s->script == SCRIPT_LATIN) {
        push_letter(s, '\'');
    } else if (class_ == CODEPOINT_SPACE || class_ == CODEPOINT_PUNCTUATION) {
        push_code(s, LETTER_EDGE);
    }
}

static void spell(const char *bytes, size_t len, spelling *s)
{
    const char *end = bytes + len;
    s->script = find_script(bytes, end);
    s->code[0] = LETTER_EDGE;
    s->count = 1;
    s->letters = 0;
    if (s->script >= SCRIPT_FOREIGN) {
        return;
    }
    for (const char *at = bytes; at < end && s->letters < MAX_LETTERS;) {
        push_codepoint(s, utf8_next(&at));
    }
    if (s->code[s->count - 1] != LETTER_EDGE) {
        s->code[s->count++] = LETTER_EDGE;
    }
}

/* ---- Votes ---------------------------------------------------------------- */

static uint32_t slot_of(uint64_t key, uint32_t bits)
{
    return (uint32_t)((key * SLOT_MULTIPLIER) >> (64 - bits));
}

/* Place of the key's votes, or NULL.  The tables are at most two thirds full. */
static const uint32_t *find_gram(uint32_t key)
{
    uint32_t slot = slot_of(key, GRAM_BITS);
    for (;; slot = (slot + 1) & ((1u << GRAM_BITS) - 1)) {
        const uint32_t *cell = &gram_table[2 * slot];
        if (cell[0] == key) {
            return &cell[1];
        }
        if (cell[0] == 0) {
            return NULL;
        }
    }
}

static const uint64_t *find_word(uint64_t key)
{
    uint32_t slot = slot_of(key, WORD_BITS);
    for (;; slot = (slot + 1) & ((1u << WORD_BITS) - 1)) {
        const uint64_t *cell = &word_table[2 * slot];
        if (cell[0] == key) {
            return &cell[1];
        }
        if (cell[0] == 0) {
            return NULL;
        }
    }
}

/* Both scripts use the same codes; the top bit of a key tells them apart. */
static uint32_t gram_script(script s)
{
    return s == SCRIPT_LATIN ? 1u << 31 : 0;
}

static void add_votes(int32_t sum[4], uint32_t packed)
{
    for (int lane = 0; lane < 4; lane++) {
        sum[lane] += (int8_t)(packed >> (8 * lane) & 0xFF);
    }
}

static bool is_emoji_word(uint64_t key)
{
    size_t low = 0, high = sizeof(emoji_word_key) / sizeof(emoji_word_key[0]);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (emoji_word_key[middle] < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < sizeof(emoji_word_key) / sizeof(emoji_word_key[0]) && emoji_word_key[low] == key;
}

/* Votes of the token as a frequent word.  False when it is one that says nothing. */
static bool add_whole_word(const spelling *s, int32_t sum[4], word *w)
{
    uint32_t inner = s->count - 2;
    if (inner > MAX_WORD_LETTERS) {
        return true;
    }
    uint64_t key = 0;
    for (uint32_t i = 1; i <= inner; i++) {
        key = key << 7 | s->code[i];
    }
    uint64_t word_script = (uint64_t)gram_script(s->script) << 32;
    w->emoji_name = is_emoji_word(key | word_script);
    uint32_t packed = 0;
    bool found = false;
    if (inner <= 2) { /* the n-grams hold it, edges and all; they add it themselves */
        uint32_t edged = LETTER_EDGE << (7 * (inner + 1)) | (uint32_t)key << 7 | LETTER_EDGE;
        const uint32_t *votes = find_gram(edged | gram_script(s->script));
        found = votes != NULL;
        packed = found ? *votes : 0;
    } else {
        const uint64_t *votes = find_word(key | word_script);
        found = votes != NULL;
        packed = found ? (uint32_t)*votes : 0;
        add_votes(sum, packed);
    }
    w->known = found && packed != 0;
    return !found || packed != 0;
}

/* In two passes: the table is larger than what the processor has at hand, and memory
 * answers for all n-grams of a word at a time. */
static void add_grams(const spelling *s, int32_t sum[4])
{
    uint32_t keys[4 * (MAX_LETTERS + 2)];
    uint32_t recent = LETTER_EDGE, of_script = gram_script(s->script), count = 0;
    for (uint32_t i = 1; i < s->count; i++) {
        recent = (recent << 7 | s->code[i]) & 0x0FFFFFFFu;
        uint32_t longest = i + 1 < 4 ? i + 1 : 4;
        uint32_t shortest = s->code[i] == LETTER_EDGE ? 2 : 1;
        for (uint32_t n = shortest; n <= longest; n++) {
            keys[count] = (recent & ((1u << (7 * n)) - 1)) | of_script;
            __builtin_prefetch(&gram_table[2 * slot_of(keys[count], GRAM_BITS)]);
            count++;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t *votes = find_gram(keys[i]);
        add_votes(sum, votes != NULL ? *votes : 0);
    }
}

static int16_t clamp_vote(int32_t vote)
{
    return (int16_t)(vote > INT16_MAX ? INT16_MAX : vote < INT16_MIN ? INT16_MIN : vote);
}

/* Does the first lane, the main class of the script, lead the others by KNOWN_MARGIN? */
static bool leads_clearly(const int16_t vote[4])
{
    for (int lane = 1; lane < 4; lane++) {
        if (vote[0] - vote[lane] < KNOWN_MARGIN) {
            return false;
        }
    }
    return true;
}

/* Short and with a capital or a digit: Sony, HX10v, 600D. */
static bool looks_like_name(const char *bytes, size_t len, uint32_t letters)
{
    for (size_t i = 0; i < len && letters <= MAX_WORD_LETTERS; i++) {
        if ((bytes[i] >= 'A' && bytes[i] <= 'Z') || (bytes[i] >= '0' && bytes[i] <= '9')) {
            return true;
        }
    }
    return false;
}

static void read_word(const char *bytes, size_t len, word *w)
{
    spelling s;
    spell(bytes, len, &s);
    memset(w, 0, sizeof(*w));
    w->script = (uint8_t)s.script;
    w->letters = (uint16_t)s.letters;
    w->silent = true;
    if (s.script >= SCRIPT_FOREIGN || s.letters == 0) {
        w->letters = s.script == SCRIPT_FOREIGN ? (uint16_t)(len < 64 ? len : 64) : 0;
        return;
    }
    int32_t sum[4] = {0};
    if (!add_whole_word(&s, sum, w)) {
        return;
    }
    add_grams(&s, sum);
    for (int lane = 0; lane < 4; lane++) {
        w->vote[lane] = clamp_vote(sum[lane]);
        w->silent = w->silent && sum[lane] == 0;
    }
    w->known = w->known || (leads_clearly(w->vote) && !looks_like_name(bytes, len, s.letters));
}

static bool kind_speaks(nz_token_kind kind)
{
    return kind == NZ_TOKEN_WORD || kind == NZ_TOKEN_HASHTAG;
}

void language_votes(const char *bytes, size_t len, nz_token_kind kind,
                    int16_t votes[LANGUAGE_CLASS_COUNT])
{
    memset(votes, 0, LANGUAGE_CLASS_COUNT * sizeof(votes[0]));
    word w;
    if (!kind_speaks(kind)) {
        return;
    }
    read_word(bytes, len, &w);
    if (w.silent) {
        return;
    }
    int32_t cost = FOREIGN_SCRIPT_COST * (int32_t)w.letters;
    for (int lane = 0; lane < 4; lane++) {
        votes[script_class[w.script][lane]] = w.vote[lane];
        votes[script_class[1 - w.script][lane]] = clamp_vote(-cost);
    }
}

/* ---- Decision ------------------------------------------------------------- */

/* Index of equal tokens that came before: open addressing over twice MAX_WORDS. */
typedef struct seen_set {
    uint16_t slot[2 * MAX_WORDS]; /* index of the word + 1 */
} seen_set;

static bool seen_before(seen_set *seen, const char *text, const text_token *tokens,
                        const comment *c, uint32_t token, uint64_t hash)
{
    const char *bytes = text + tokens[token].begin;
    uint32_t len = tokens[token].end - tokens[token].begin;
    uint32_t at = (uint32_t)hash & (2 * MAX_WORDS - 1);
    for (; seen->slot[at] != 0; at = (at + 1) & (2 * MAX_WORDS - 1)) {
        const text_token *other = &tokens[c->words[seen->slot[at] - 1].token];
        if (other->end - other->begin == len && memcmp(text + other->begin, bytes, len) == 0) {
            return true;
        }
    }
    seen->slot[at] = (uint16_t)(c->count + 1);
    return false;
}

/* read_word(), from memory where that holds the word.  Returns the number of its slot, or 0. */
static uint32_t recall_word(votes_memo *memo, uint64_t hash, const char *bytes, uint32_t len,
                            word *w)
{
    bool found = false;
    votes_slot *slot = memo != NULL ? votes_find(memo, hash, bytes, len, &found) : NULL;
    if (!found) {
        read_word(bytes, len, w);
        w->alone = memo != NULL && join_stands_alone(bytes, len);
        if (slot == NULL) {
            return 0;
        }
        memcpy(slot->word.vote, w->vote, sizeof(w->vote));
        slot->word.letters = w->letters;
        slot->word.script = w->script;
        slot->word.flags =
            (uint8_t)((w->known ? VOTES_KNOWN : 0) | (w->silent ? VOTES_SILENT : 0) |
                      (w->emoji_name ? VOTES_EMOJI_NAME : 0) | (w->alone ? VOTES_ALONE : 0));
        return votes_number(memo, slot);
    }
    memcpy(w->vote, slot->word.vote, sizeof(w->vote));
    w->letters = slot->word.letters;
    w->script = slot->word.script;
    w->known = (slot->word.flags & VOTES_KNOWN) != 0;
    w->silent = (slot->word.flags & VOTES_SILENT) != 0;
    w->emoji_name = (slot->word.flags & VOTES_EMOJI_NAME) != 0;
    w->alone = (slot->word.flags & VOTES_ALONE) != 0;
    return votes_number(memo, slot);
}

/* Count the word of a token, unless it has no letters. */
static void add_word(comment *c, seen_set *seen, const char *text, text_token *tokens,
                     uint32_t token, uint64_t hash, votes_memo *memo)
{
    word *w = &c->words[c->count];
    tokens[token].word = recall_word(memo, hash, text + tokens[token].begin,
                                     tokens[token].end - tokens[token].begin, w);
    tokens[token].flags |= w->alone ? TEXT_TOKEN_ALONE : 0;
    if (w->letters == 0) {
        return;
    }
    w->token = token;
    w->repeated = seen_before(seen, text, tokens, c, token, hash);
    if (!w->repeated && w->script < SCRIPT_FOREIGN) {
        c->spoken[w->script] = true;
        for (int lane = 0; lane < 4; lane++) {
            c->sum[w->script][lane] += w->vote[lane];
        }
    }
    if (!w->repeated && (!w->silent || w->script == SCRIPT_FOREIGN)) {
        c->letters[w->script] += w->letters;
    }
    c->count++;
}

/* In small batches, so that memory answers for all words of one at a time. */
static void collect(const char *text, text_token *tokens, uint32_t count, nz_token_kind kind,
                    votes_memo *memo, comment *c)
{
    enum { BATCH = 16 };
    seen_set seen;
    memset(&seen, 0, sizeof(seen));
    memset(c->sum, 0, sizeof(c->sum));
    memset(c->letters, 0, sizeof(c->letters));
    c->spoken[0] = c->spoken[1] = false;
    c->count = 0;
    for (uint32_t i = 0; i < count && c->count < MAX_WORDS;) {
        uint32_t places[BATCH];
        uint64_t hashes[BATCH];
        uint32_t n = 0;
        for (; i < count && n < BATCH; i++) {
            if (tokens[i].kind == kind) {
                places[n] = i;
                hashes[n] = votes_hash(text + tokens[i].begin, tokens[i].end - tokens[i].begin);
                if (memo != NULL) {
                    votes_expect(memo, hashes[n]);
                }
                n++;
            }
        }
        for (uint32_t k = 0; k < n && c->count < MAX_WORDS; k++) {
            add_word(c, &seen, text, tokens, places[k], hashes[k], memo);
        }
    }
}

static int largest(const int32_t sum[4])
{
    int best = 0;
    for (int lane = 1; lane < 4; lane++) {
        best = sum[lane] > sum[best] ? lane : best;
    }
    return best;
}

/* The class of each script's words, as a lane. */
static void decide_scripts(const comment *c, int lane[2])
{
    int32_t latin[4];
    memcpy(latin, c->sum[SCRIPT_LATIN], sizeof(latin));
    for (int k = 1; k < 4; k++) {
        latin[k] -= RARE_CLASS_COST;
    }
    lane[SCRIPT_ARABIC] = largest(c->sum[SCRIPT_ARABIC]);
    if (c->letters[SCRIPT_ARABIC] > 0 && lane[SCRIPT_ARABIC] <= LANE_AR) {
        latin[lane[SCRIPT_ARABIC] == LANE_FA ? LANE_FINGLISH : LANE_ARABIZI] += COMPANION_GAIN;
    }
    lane[SCRIPT_LATIN] = largest(latin);
}

/* What the words around w (same script, WINDOW on each side) say for lane a against b. */
static int32_t window_margin(const comment *c, uint32_t w, int a, int b)
{
    uint32_t first = w > WINDOW ? w - WINDOW : 0;
    uint32_t last = w + WINDOW < c->count ? w + WINDOW : c->count - 1;
    int32_t margin = 0;
    for (uint32_t i = first; i <= last; i++) {
        if (c->words[i].script == c->words[w].script) {
            margin += c->words[i].vote[a] - c->words[i].vote[b];
        }
    }
    return margin;
}

/* The lane that competes with the winner inside one comment, or the winner itself. */
static int rival_lane(const comment *c, script s, int winner)
{
    if (s == SCRIPT_ARABIC) {
        return winner == LANE_FA ? LANE_AR : winner == LANE_AR ? LANE_FA : winner;
    }
    if (winner == LANE_FINGLISH || winner == LANE_ARABIZI) {
        return LANE_EN;
    }
    if (winner != LANE_EN) {
        return winner;
    }
    return c->sum[s][LANE_FINGLISH] >= c->sum[s][LANE_ARABIZI] ? LANE_FINGLISH : LANE_ARABIZI;
}

/* Give each word the language of its script's winner, or of the rival where a run of words
 * clearly speaks for that. */
static void assign_languages(comment *c, const int lane[2], int32_t margin)
{
    for (uint32_t i = 0; i < c->count; i++) {
        word *w = &c->words[i];
        if (w->script >= SCRIPT_FOREIGN) {
            w->language = NZ_LANG_OTHER;
            continue;
        }
        int winner = lane[w->script];
        int rival = rival_lane(c, (script)w->script, winner);
        bool turned = rival != winner && w->vote[rival] > w->vote[winner] &&
                      window_margin(c, i, rival, winner) > margin;
        w->language = (uint8_t)script_language[w->script][turned ? rival : winner];
    }
}

typedef struct share {
    uint32_t words[5], letters[5]; /* by nz_language */
    uint32_t all_letters;
} share;

/* Are all English words of the comment words of emoji names? */
static bool only_emoji_names(const comment *c)
{
    for (uint32_t i = 0; i < c->count; i++) {
        const word *w = &c->words[i];
        if (w->script == SCRIPT_LATIN && !w->silent && !w->emoji_name) {
            return false;
        }
    }
    return true;
}

/* Different own words and their letters, by language.  Beside Arabic letters an English word
 * must be a known one (names of products are not), and names of emoji count for nothing. */
static void count_shares(const comment *c, share *out)
{
    memset(out, 0, sizeof(*out));
    uint32_t arabic_words = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        arabic_words += c->words[i].script == SCRIPT_ARABIC && !c->words[i].repeated;
    }
    bool emoji_names = arabic_words > 0 && only_emoji_names(c);
    for (uint32_t i = 0; i < c->count; i++) {
        const word *w = &c->words[i];
        bool name = w->script == SCRIPT_LATIN && arabic_words >= 2 && !w->known;
        if (w->repeated || (w->silent && w->script != SCRIPT_FOREIGN) || name ||
            (emoji_names && w->script == SCRIPT_LATIN)) {
            continue;
        }
        out->words[w->language]++;
        out->letters[w->language] += w->letters;
        out->all_letters += w->letters;
    }
}

static bool substantial(const share *s, nz_language language)
{
    return s->words[language] >= 2 && s->letters[language] * 4 >= s->all_letters;
}

/* Mixed: two of the three languages with at least two different own words and a quarter of
 * the letters each.  Else the language of most letters. */
static nz_language decide_language(const comment *c, const int lane[2])
{
    share s;
    count_shares(c, &s);
    int languages = substantial(&s, NZ_LANG_FA) + substantial(&s, NZ_LANG_AR) +
                    substantial(&s, NZ_LANG_EN);
    if (languages >= 2) {
        return NZ_LANG_MIXED;
    }
    if (s.all_letters == 0) { /* nothing but brands and words never seen */
        return c->spoken[SCRIPT_ARABIC]  ? script_language[SCRIPT_ARABIC][lane[SCRIPT_ARABIC]]
               : c->spoken[SCRIPT_LATIN] ? NZ_LANG_EN
                                         : NZ_LANG_OTHER;
    }
    nz_language best = NZ_LANG_FA;
    static const nz_language order[] = {NZ_LANG_AR, NZ_LANG_EN, NZ_LANG_OTHER};
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        best = s.letters[order[i]] > s.letters[best] ? order[i] : best;
    }
    return best;
}

/* ---- Readings ------------------------------------------------------------- */

/* Reading of a word in Latin letters: English, unless its part of the comment is Finglish
 * or Arabizi and the word does not clearly say otherwise. */
static nz_language latin_reading(const word *w, int lane)
{
    if (lane != LANE_FINGLISH && lane != LANE_ARABIZI) {
        return w->language == NZ_LANG_OTHER ? NZ_LANG_EN : (nz_language)w->language;
    }
    bool english = w->silent || w->language == NZ_LANG_EN ||
                   (w->known && w->vote[LANE_EN] - w->vote[lane] > CLEARLY_ENGLISH);
    return english ? NZ_LANG_EN : script_language[SCRIPT_LATIN][lane];
}

static nz_language default_reading(nz_token_kind kind, script s, nz_language language,
                                   const int lane[2])
{
    if (kind == NZ_TOKEN_WORD || kind == NZ_TOKEN_HASHTAG) {
        nz_language own = s < SCRIPT_FOREIGN ? script_language[s][lane[s]] : NZ_LANG_OTHER;
        return s == SCRIPT_LATIN && own == NZ_LANG_OTHER ? NZ_LANG_EN : own;
    }
    if (kind == NZ_TOKEN_LAUGHTER) {
        return language == NZ_LANG_MIXED && s < SCRIPT_FOREIGN ? script_language[s][lane[s]]
                                                               : language;
    }
    return NZ_LANG_OTHER;
}

static void set_readings(const char *text, text_token *tokens, uint32_t count, comment *c,
                         nz_language language, const int lane[2])
{
    uint32_t next = 0; /* word: its script is known */
    for (uint32_t i = 0; i < count; i++) {
        nz_token_kind kind = (nz_token_kind)tokens[i].kind;
        script s = SCRIPT_NONE;
        if (next < c->count && c->words[next].token == i) {
            s = (script)c->words[next++].script;
        } else if (kind_speaks(kind) || kind == NZ_TOKEN_LAUGHTER) {
            s = find_script(text + tokens[i].begin, text + tokens[i].end);
        }
        nz_language reading = default_reading(kind, s, language, lane);
        tokens[i].reading = (uint8_t)(reading == NZ_LANG_MIXED ? NZ_LANG_OTHER : reading);
    }
    if (language == NZ_LANG_MIXED) { /* here each word speaks for itself and its neighbours */
        assign_languages(c, lane, 0);
    }
    for (uint32_t i = 0; i < c->count; i++) {
        const word *w = &c->words[i];
        if (w->script == SCRIPT_LATIN) {
            tokens[w->token].reading = (uint8_t)latin_reading(w, lane[SCRIPT_LATIN]);
        } else if (w->script == SCRIPT_ARABIC && language == NZ_LANG_MIXED) {
            tokens[w->token].reading = w->language;
        }
    }
}

nz_language language_recall(const char *text, text_token *tokens, uint32_t count,
                            votes_memo *memo)
{
    comment c;
    collect(text, tokens, count, NZ_TOKEN_WORD, memo, &c);
    if (c.count == 0) { /* a comment of hashtags speaks through them */
        collect(text, tokens, count, NZ_TOKEN_HASHTAG, memo, &c);
    }
    int lane[2];
    decide_scripts(&c, lane);
    assign_languages(&c, lane, SWITCH_MARGIN);
    nz_language language = decide_language(&c, lane);
    set_readings(text, tokens, count, &c, language, lane);
    return language;
}

nz_language language_decide(const char *text, text_token *tokens, uint32_t count)
{
    return language_recall(text, tokens, count, NULL);
}
