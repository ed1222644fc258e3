// The page: what was put in on one side, the verdict on the other.
import type { Profile } from "@certloupe/wasm";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { mend } from "./engine.js";
import { asBody, readFiles, sortInto } from "./files.js";
import { useJudgement } from "./judgement.js";
import { jumpTo, jumpToField, jumpToFinding, jumpToVerdict } from "./jump.js";
import { isEmpty, shapeOf, type Part, type Upload, type Value } from "./profiles.js";
import { remember, rememberedTheme } from "./settings.js";
import { replaced } from "./text/body.js";
import { safe } from "./text/safe.js";
import { fromText, join, type Source } from "./text/source.js";
import { sorted } from "./view/findings.js";
import { Header } from "./view/header.js";
import { Inputs, allMarks, inputName } from "./view/inputs.js";
import { Button } from "./view/parts.js";
import { Results } from "./view/results.js";
import { LocaleContext, locale, useWords, type Language, type Locale } from "./words.js";

const nothing: Upload = { profile: "generic", whole: false, sources: {}, values: {}, day: "" };

type FieldName = Part | "body" | "record";

/** A change of the upload, and whether it was typed. */
interface Edit {
  readonly upload: Upload;
  readonly typed: boolean;
}

/** Something that was done, to be said, and what was there before it. */
interface Notice {
  readonly text: string;
  readonly before?: Upload;
}

export function App({ first }: { first: Locale }) {
  const [chosen, choose] = useState(first);
  const [theme, setTheme] = useState(rememberedTheme);
  const onLanguage = (language: Language) => {
    remember("language", language);
    // A language that cannot be loaded leaves the page as it is.
    void locale(language).then(choose, () => {});
  };
  useEffect(() => {
    document.documentElement.lang = chosen.language === "zh" ? "zh-CN" : "en";
    document.title = chosen.words.title;
  }, [chosen]);
  return (
    <LocaleContext.Provider value={chosen}>
      <a class="skip" href="#verdict-title" onClick={(event) => { event.preventDefault(); jumpToVerdict(); }}>{chosen.words.skip}</a>
      <Header theme={theme} onTheme={setTheme} onLanguage={onLanguage} />
      <Workbench />
    </LocaleContext.Provider>
  );
}

function Workbench() {
  const words = useWords();
  const [{ upload, typed }, edit] = useState<Edit>({ upload: nothing, typed: false });
  const [notice, setNotice] = useState<Notice | null>(null);
  const judgement = useJudgement(upload, typed);

  const change = (next: (upload: Upload) => Upload, typed = false) => edit((e) => ({ upload: next(e.upload), typed }));
  /** Does something for the person, says so, and can undo it. */
  const doIt = (text: string, next: (upload: Upload) => Upload) => {
    setNotice({ text, before: upload });
    change(next);
  };
  const setSource = (field: FieldName, source: Source | undefined) => (u: Upload): Upload => {
    const { [field]: _, ...rest } = u.sources;
    return { ...u, sources: source ? { ...rest, [field]: source } : rest };
  };

  const take = async (files: Iterable<File>, field?: FieldName) => {
    const { sources, tooLarge } = await readFiles(files);
    const said = [
      ...tooLarge.map((name) => words.tooLarge(safe(name))), ...(sources.length > 0 ? [words.sorted(sources.map((s) => safe(s.name ?? "")).join(", "))] : []),
    ].join(" ");
    setNotice({ text: said, before: upload });
    if (sources.length === 0) return;
    change((u) => (field ? setSource(field, sources.reduce(join))(u) : sortInto(u, sources)));
  };
  useEffect(() => {
    const over = (event: DragEvent) => event.preventDefault();
    const drop = (event: DragEvent) => {
      event.preventDefault();
      if (event.dataTransfer?.files.length) void take([...event.dataTransfer.files]);
    };
    document.addEventListener("dragover", over);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("drop", drop);
    };
  });

  const onSource = (field: FieldName, source: Source | undefined, typed: boolean) => {
    const whole = field !== "body" && field !== "record" && source ? asBody(upload, source.text ?? "", source) : null;
    if (whole) doIt(words.detected(shapeOf(whole.profile).operation!), () => whole);
    else change(setSource(field, source), typed);
  };
  const onExample = async () => {
    const { default: body } = await import("../../../testdata/documents/add-server-certificate.json?raw");
    doIt(words.exampleLoaded, (u) => asBody(u, body, fromText(body))!);
  };
  const use = (input: string, text: string, said: string) => doIt(said, (u) => {
    const body = u.sources.body?.text;
    if (u.whole && body != null && input !== "certificate") return setSource("body", fromText(replaced(body, input, text)))(u);
    const parts = shapeOf(u.profile).parts;
    const part = (Object.keys(parts) as Part[]).find((p) => parts[p] === input) ?? "certificate";
    return setSource(part, fromText(text, u.sources[part]?.name))(u);
  });
  const onExchange = (keysOnly: boolean) => doIt(words.exchanged, (u) => {
    const { certificate, signCertificate, privateKey, signPrivateKey, ...rest } = u.sources;
    const keys = keysOnly || movesKeys(judgement);
    return { ...u, sources: {
      ...rest,
      ...pairOf("certificate", "signCertificate", certificate, signCertificate, !keysOnly),
      ...pairOf("privateKey", "signPrivateKey", privateKey, signPrivateKey, keys),
    } };
  });

  const judged = judgement.state === "judged" ? judgement.judged : judgement.state === "checking" ? judgement.last : undefined;
  const findings = useMemo(() => sorted(judged?.report.findings ?? []), [judged]);
  const marked = useMemo(() => allMarks(judged?.sources ?? new Map(), findings), [judged, findings]);
  const isMarked = (finding: number) => [...marked.values()].some((list) => list.some((m) => m.findings.includes(finding)));
  const nameOf = (input: string) => inputName(upload, input, words.part, words.partPair);
  const fieldOf = (input: string): string | undefined => {
    if (upload.whole) return input === "certificate" || input === "record" ? input : "body";
    const parts = shapeOf(upload.profile).parts;
    return (Object.keys(parts) as Part[]).find((p) => parts[p] === input);
  };
  const onMend = async (input: string) => {
    const source = judged?.sources.get(input);
    const text = source && await mend(input, source, upload.values.password).catch(() => null);
    if (text) use(input, text, words.used(nameOf(input)));
    else setNotice({ text: words.noRepair });
  };

  return (
    <main>
      {judged && (
        // Where one side is below the other, the verdict is out of sight while something is put in.
        <a class={`to-verdict ${judged.report.verdict}`} href="#verdict-title" onClick={(event) => {
          event.preventDefault();
          jumpToVerdict();
        }}>{words[judged.report.verdict]} ↓</a>
      )}
      <Inputs upload={upload} marks={marked} sources={judged?.sources ?? new Map()} findings={findings} empty={isEmpty(upload)}
        onProfile={(profile: Profile) => change((u) => ({ ...u, profile, whole: u.whole && shapeOf(profile).operation !== undefined }))}
        onWhole={(whole) => change((u) => ({ ...u, whole }))}
        onSource={onSource} onFiles={(files, field) => void take([...files], field)}
        onValue={(value: Value | "day", text) => change((u) => (value === "day" ? { ...u, day: text } : { ...u, values: { ...u.values, [value]: text } }), true)}
        onBadge={jumpToFinding} onExample={() => void onExample()}
        onClear={() => doIt(words.cleared, (u) => ({ ...nothing, profile: u.profile }))} />
      <Results judgement={judgement} upload={upload} findings={findings} isMarked={isMarked} nameOf={nameOf} onShow={jumpTo}
        canGo={(input) => fieldOf(input) !== undefined} onGo={(input) => jumpToField(fieldOf(input)!)}
        onUse={(input, text) => use(input, text, words.used(nameOf(input)))} onMend={(input) => void onMend(input)}
        onExchange={onExchange} onExample={() => void onExample()} />
      <NoticeBar notice={notice} onClose={() => setNotice(null)} onUndo={(before) => {
        setNotice({ text: words.undone });
        change(() => before);
      }} />
    </main>
  );
}

/** How long something that was said stays, unless somebody points at it or has the focus in it. */
const noticeStays = 10_000;

function NoticeBar({ notice, onClose, onUndo }: { notice: Notice | null; onClose: () => void; onUndo: (before: Upload) => void }) {
  const words = useWords();
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!notice) return;
    const timer = setInterval(() => { if (!bar.current?.matches(":hover, :focus-within")) onClose(); }, noticeStays);
    return () => clearInterval(timer);
  }, [notice]);
  return (
    <div ref={bar} class={`notice ${notice ? "shown" : ""}`} role="status">
      {notice && (
        <>
          <span>{notice.text}</span>
          {notice.before && <Button kind="quiet" onClick={() => onUndo(notice.before!)}>{words.undo}</Button>}
          <Button kind="quiet" icon="clear" label={words.dismiss} onClick={onClose} />
        </>
      )}
    </div>
  );
}

/** Whether the keys have to change places too. */
function movesKeys(judgement: ReturnType<typeof useJudgement>): boolean {
  const pairing = judgement.state === "judged" ? judgement.judged.report.pairing : undefined;
  if (!pairing) return false;
  // A key that stands beside its certificate moves along with it.
  return !pairing.keys_swapped;
}

function pairOf(a: Part, b: Part, first: Source | undefined, second: Source | undefined, exchange: boolean): Partial<Record<Part, Source>> {
  const [x, y] = exchange ? [second, first] : [first, second];
  return { ...(x && { [a]: x }), ...(y && { [b]: y }) };
}
