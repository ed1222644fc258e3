package finding

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/certloupe/certloupe/internal/jsontext"
)

// localeFile has the Chinese texts of the table. The page shows them, and fills
// in {key} as New does.
const localeFile = "../wasm/page/src/locales/zh-findings.json"

// translation is what is translated of a rule. Codes, severities and references
// are the same in every language.
type translation struct {
	Message string `json:"message"`
	Why     string `json:"why"`
	Fix     string `json:"fix"`
}

// TestChinese holds the Chinese texts and the table together: no code is missing
// or left over, their order is the table's, and no text has lost a placeholder, a
// command or a number on its way from English.
func TestChinese(t *testing.T) {
	file, err := os.ReadFile(localeFile)
	if err != nil {
		t.Fatal(err)
	}
	var chinese map[string]translation
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields()
	if err := d.Decode(&chinese); err != nil {
		t.Fatalf("%s: %v", localeFile, err)
	}
	for _, r := range Rules() {
		to, ok := chinese[string(r.Code)]
		if !ok {
			t.Errorf("%s: has no Chinese text", r.Code)
			continue
		}
		for _, text := range []struct{ part, english, chinese string }{
			{"message", r.Message, to.Message}, {"why", r.Why, to.Why}, {"fix", r.Fix, to.Fix},
		} {
			for _, problem := range translationProblems(text.english, text.chinese) {
				t.Errorf("%s: %s: %s", r.Code, text.part, problem)
			}
		}
	}
	for code := range chinese {
		if _, ok := Lookup(Code(code)); !ok {
			t.Errorf("%s: has a Chinese text, but is no code", code)
		}
	}
	if !t.Failed() && !bytes.Equal(file, formatTranslations(chinese)) {
		t.Errorf("%s is not in the order of the table, has a code twice, or is not indented by two blanks with a line break at its end", localeFile)
	}
}

// formatTranslations writes the texts in the order of the table, as the file has them.
func formatTranslations(texts map[string]translation) []byte {
	w := jsontext.NewWriter(nil, "  ")
	w.BeginObject()
	for _, r := range Rules() {
		text := texts[string(r.Code)]
		w.Key(string(r.Code))
		w.BeginObject()
		w.StringField("message", text.Message)
		w.StringField("why", text.Why)
		w.StringField("fix", text.Fix)
		w.EndObject()
	}
	w.EndObject()
	return append(w.Bytes(), '\n')
}

// translationProblems says what is wrong with a Chinese text beside its English one.
func translationProblems(english, chinese string) []string {
	switch {
	case english == "" && chinese == "":
		return nil
	case chinese == "":
		return []string{"is empty"}
	case english == "":
		return []string{"is not empty, as the English text is"}
	}
	var problems []string
	if !strings.ContainsFunc(chinese, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		problems = append(problems, "has no Chinese character")
	}
	if want, got := placeholders(english), placeholders(chinese); !slices.Equal(want, got) {
		problems = append(problems, "has the placeholders "+strings.Join(got, " ")+" instead of "+strings.Join(want, " "))
	}
	for _, w := range technicalWords(english) {
		if !strings.Contains(strings.ToLower(chinese), strings.ToLower(w)) {
			problems = append(problems, "does not say "+w)
		}
	}
	return problems
}

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// placeholders returns the different placeholders of a text in alphabetical order.
func placeholders(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

var (
	word = regexp.MustCompile(`[-A-Za-z0-9_.#/]*[A-Za-z0-9]`)
	// technical is what tells the words that are the same in every language: names
	// of fields, files and algorithms, options, abbreviations and numbers, but not
	// the unit in 32-bit.
	technical = regexp.MustCompile(`[0-9_]|[a-z][A-Z]|^-+[a-z]|^[A-Z]{2,}$`)
)

// technicalWords returns the words of a text that a translation keeps.
func technicalWords(text string) []string {
	text = strings.ReplaceAll(text, "-bit", "")
	return slices.DeleteFunc(word.FindAllString(text, -1), func(w string) bool { return !technical.MatchString(w) })
}
