// The left side: what is going to be uploaded, and where.
import type { Finding, Profile } from "@certloupe/wasm";
import { choices, profiles, shapeOf, type Part, type Upload, type Value } from "../profiles.js";
import { editable, type Source } from "../text/source.js";
import { marks, type Mark } from "../text/marks.js";
import { said, useLocale, useWords } from "../words.js";
import { Annotated } from "./annotated.js";
import { Field, Password, TextValue } from "./field.js";
import { Button } from "./parts.js";

export interface InputsProps {
  readonly upload: Upload;
  readonly marks: ReadonlyMap<string, readonly Mark[]>;
  readonly sources: ReadonlyMap<string, Source>;
  readonly findings: readonly Finding[];
  readonly onProfile: (profile: Profile) => void;
  readonly onWhole: (whole: boolean) => void;
  readonly onSource: (field: Part | "body" | "record", source: Source | undefined, typed: boolean) => void;
  readonly onFiles: (files: FileList, field: Part | "body" | "record") => void;
  readonly onValue: (value: Value | "day", text: string) => void;
  readonly onBadge: (finding: number) => void;
  readonly onExample: () => void;
  readonly onClear: () => void;
  readonly empty: boolean;
}

/** What a person calls the input of a report. */
export function inputName(upload: Upload, input: string, parts: Record<Part, string>, pair: Record<string, string>): string {
  const shape = shapeOf(upload.profile);
  if (upload.whole) return input;
  const part = (Object.keys(shape.parts) as Part[]).find((p) => shape.parts[p] === input);
  if (!part) return input;
  return (hasPair(upload) && pair[part]) || parts[part];
}

export function hasPair(upload: Upload): boolean {
  return Boolean(upload.sources.signCertificate || upload.sources.signPrivateKey) && "signCertificate" in shapeOf(upload.profile).parts;
}

export function Inputs(props: InputsProps) {
  const { upload } = props;
  const words = useWords();
  const shape = shapeOf(upload.profile);
  const parts = Object.keys(shape.parts) as Part[];
  const rareUsed = shape.rare.some((p) => upload.sources[p]);
  const field = (part: Part) => {
    const name = shape.parts[part]!;
    const key = part === "privateKey" || part === "signPrivateKey";
    return (
      <Field key={part} id={part} label={inputName(upload, name, words.part, words.partPair)} name={name} rows={key || shape.rare.includes(part) ? 5 : 8}
        placeholder={key ? words.placeholder.privateKey : words.placeholder.certificate} source={upload.sources[part]}
        invalid={props.findings.some((f) => f.severity === "error" && f.where?.input === name)}
        onChange={(source, typed) => props.onSource(part, source, typed)} onFiles={(files) => props.onFiles(files, part)}>
        <Marked {...props} input={name} />
      </Field>
    );
  };
  return (
    <section class="pane inputs" aria-labelledby="inputs-title">
      <div class="pane-head">
        <h2 id="inputs-title">{words.inputs}</h2>
        <span class="actions">
          {!props.empty && <Button kind="quiet" icon="clear" onClick={props.onClear}>{words.clearAll}</Button>}
          <Button kind="quiet" onClick={props.onExample}>{words.example}</Button>
        </span>
      </div>
      <fieldset class="choice">
        <legend>{words.destination}</legend>
        {profiles.map(({ id }) => (
          <label key={id}>
            <input type="radio" name="profile" value={id} checked={upload.profile === id} onChange={() => props.onProfile(id)} />
            <span>{words.profile[id][0]}</span>
          </label>
        ))}
        <small>{words.profile[upload.profile][1]}</small>
      </fieldset>
      {shape.operation && (
        <fieldset class="choice">
          <legend>{words.form}</legend>
          {[false, true].map((whole) => (
            <label key={String(whole)}>
              <input type="radio" name="form" checked={upload.whole === whole} onChange={() => props.onWhole(whole)} />
              <span>{whole ? words.formBody : words.formFields}</span>
            </label>
          ))}
        </fieldset>
      )}
      {upload.whole
        ? <Body {...props} />
        : <>
            {parts.filter((p) => !shape.rare.includes(p)).map(field)}
            {shape.values.includes("password") && (
              <Password label={words.value.password} value={upload.values.password ?? ""} onChange={(text) => props.onValue("password", text)} />
            )}
            {shape.rare.length > 0 && (
              <details class="more" open={rareUsed || undefined}>
                <summary>{words.pairAndRoot}</summary>
                {shape.rare.map(field)}
              </details>
            )}
          </>}
      <details class="more">
        <summary>{words.more}</summary>
        <div class="values">
          {!upload.whole && shape.values.filter((v) => v !== "password").map((value) => (
            <TextValue key={value} id={value} label={words.value[value]} value={upload.values[value] ?? ""} choices={choices[value]}
              onChange={(text) => props.onValue(value, text)} />
          ))}
          <TextValue id="day" type="date" label={words.day} hint={words.dayHint} value={upload.day} onChange={(text) => props.onValue("day", text)} />
        </div>
      </details>
      <p class="quiet drop-hint">{words.dropHere}</p>
    </section>
  );
}

function Body(props: InputsProps) {
  const { upload } = props;
  const words = useWords();
  const operation = shapeOf(upload.profile).operation!;
  return (
    <>
      <Field id="body" label={words.part.body} name={operation} rows={10} placeholder={words.placeholder.body} source={upload.sources.body}
        invalid={props.findings.some((f) => f.severity === "error")}
        onChange={(source, typed) => props.onSource("body", source, typed)} onFiles={(files) => props.onFiles(files, "body")}>
        <Marked {...props} input="body" />
        {[...props.sources.keys()].filter((name) => name !== "body" && name !== "certificate" && name !== "record").map((name) => (
          <Marked key={name} {...props} input={name} hint={words.decodedFrom} />
        ))}
      </Field>
      {operation === "update-ca-certificate" && (
        <>
          <Field id="certificate" label={words.part.certificate} name="certificate" rows={6} placeholder={words.placeholder.certificate} source={upload.sources.certificate}
            onChange={(source, typed) => props.onSource("certificate", source, typed)} onFiles={(files) => props.onFiles(files, "certificate")}>
            <Marked {...props} input="certificate" />
          </Field>
          <Field id="record" label={words.part.record} name="record" rows={5} placeholder={words.placeholder.record} source={upload.sources.record}
            onChange={(source, typed) => props.onSource("record", source, typed)} onFiles={(files) => props.onFiles(files, "record")}>
            <Marked {...props} input="record" />
          </Field>
        </>
      )}
    </>
  );
}

/** The text of an input with its marks; nothing if it has none and can be seen in its field. */
function Marked(props: InputsProps & { input: string; hint?: string }) {
  const locale = useLocale();
  const source = props.sources.get(props.input);
  const list = props.marks.get(props.input) ?? [];
  if (source?.text == null || (list.length === 0 && (editable(source) || source.text === ""))) return null;
  return (
    <Annotated text={source.text} name={props.input} hint={props.hint} marks={list} severity={(f) => props.findings[f]!.severity}
      message={(f) => said(locale, props.findings[f]!).message} onBadge={props.onBadge} />
  );
}

/** The marks of all texts. */
export function allMarks(sources: ReadonlyMap<string, Source>, findings: readonly Finding[]): Map<string, readonly Mark[]> {
  return new Map([...sources].map(([input, source]) => [input, marks(source, input, findings)]));
}
