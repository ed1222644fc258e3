// A field for a certificate or a key: pasted, typed, chosen or dropped.
import { useId, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { edited, editable, fromText, normalized, type Paste, type Source } from "../text/source.js";
import { safe } from "../text/safe.js";
import { useWords } from "../words.js";
import { Button, Icon } from "./parts.js";

export interface FieldProps {
  readonly id: string;
  readonly label: string;
  /** What reports and documents call it. */
  readonly name: string;
  readonly placeholder?: string | undefined;
  readonly source: Source | undefined;
  readonly rows?: number;
  readonly invalid?: boolean;
  /** Typing waits for its end, anything else is judged at once. */
  readonly onChange: (source: Source | undefined, typed: boolean) => void;
  readonly onFiles: (files: FileList) => void;
  readonly children?: ComponentChildren;
}

export function Field(props: FieldProps) {
  const { source, onChange } = props;
  const words = useWords();
  const id = useId();
  const pasted = useRef<Paste | null>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const shown = source?.text == null || !editable(source) ? "" : normalized(source.text);
  const asText = !source || editable(source);

  const onPaste = (event: ClipboardEvent) => {
    const area = event.currentTarget as HTMLTextAreaElement;
    const files = event.clipboardData?.files;
    if (files && files.length > 0) {
      event.preventDefault();
      props.onFiles(files);
      return;
    }
    // The text area is about to change its line breaks.
    const text = event.clipboardData?.getData("text/plain") ?? "";
    pasted.current = { text, start: area.selectionStart, end: area.selectionEnd };
  };
  const onInput = (event: InputEvent) => {
    const value = (event.currentTarget as HTMLTextAreaElement).value;
    const paste = event.inputType === "insertFromPaste" ? (pasted.current ?? undefined) : undefined;
    pasted.current = null;
    onChange(value === "" ? undefined : fromText(edited(source?.text ?? "", value, paste), source?.name), event.inputType !== "insertFromPaste");
  };
  return (
    <div class={`field ${over ? "over" : ""}`} data-field={props.id}
      onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        if (!event.dataTransfer?.files.length) return;
        event.preventDefault();
        event.stopPropagation();
        props.onFiles(event.dataTransfer.files);
      }}>
      <div class="field-head">
        <label for={id}>{props.label}</label>
        <code aria-hidden="true">{props.name}</code>
        <span class="field-tools">
          {source && <Button kind="quiet" icon="clear" label={`${words.clear}: ${props.label}`} onClick={() => onChange(undefined, false)} />}
          <Button kind="quiet" icon="file" label={`${words.choose}: ${props.label}`} onClick={() => chooser.current?.click()}>{words.choose}</Button>
          <input ref={chooser} type="file" hidden aria-label={`${words.choose}: ${props.label}`} onChange={(event) => {
            const list = event.currentTarget.files;
            if (list?.length) props.onFiles(list);
            event.currentTarget.value = "";
          }} />
        </span>
      </div>
      {asText
        ? <textarea id={id} class="code" rows={props.rows ?? 7} value={shown} placeholder={props.placeholder} spellcheck={false} wrap="off"
            autocomplete="off" autocapitalize="off" aria-invalid={props.invalid ? "true" : undefined} onPaste={onPaste} onInput={onInput} />
        : <div class="binary" id={id} tabIndex={0} role="group" aria-label={props.label}>{words.fileNotEditable}</div>}
      {source?.name !== undefined && (
        <p class="file-name"><Icon name="file" /> {words.file(safe(source.name), size(source.bytes.length), words.kind[source.encoding])}</p>
      )}
      {props.children}
    </div>
  );
}

function size(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KiB`;
}

/** A password, which is hidden unless a person wants to see it. */
export function Password({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const words = useWords();
  const id = useId();
  const [seen, see] = useState(false);
  const shared = {
    id, value, autocomplete: "off", spellcheck: false, autocapitalize: "off",
    onInput: (event: { currentTarget: HTMLInputElement }) => onChange(event.currentTarget.value),
  } as const;
  return (
    <div class="value" data-field="password">
      <label for={id}>{label}</label>
      <span class="with-button">
        {seen ? <input {...shared} type="text" /> : <input {...shared} type="password" />}
        <button type="button" class="button quiet" aria-pressed={seen} aria-label={words.showPassword} title={seen ? words.hidePassword : words.showPassword}
          onClick={() => see(!seen)}><Icon name="eye" /></button>
      </span>
    </div>
  );
}

export function TextValue(props: { id: string; label: string; value: string; choices?: readonly string[] | undefined; type?: "date"; hint?: string; onChange: (value: string) => void }) {
  const words = useWords();
  const id = useId();
  const shared = { id, value: props.value, "aria-describedby": props.hint ? `${id}-hint` : undefined };
  return (
    <div class="value" data-field={props.id}>
      <label for={id}>{props.label}</label>
      {props.choices
        ? <select {...shared} onChange={(event) => props.onChange(event.currentTarget.value)}>
            <option value="">{words.notChosen}</option>
            {props.choices.map((c) => <option key={c} value={c}>{c}</option>)}
          </select>
        : props.type === "date"
          ? <input {...shared} type="date" onInput={(event) => props.onChange(event.currentTarget.value)} />
          : <input {...shared} type="text" autocomplete="off" spellcheck={false} onInput={(event) => props.onChange(event.currentTarget.value)} />}
      {props.hint && <small id={`${id}-hint`}>{props.hint}</small>}
    </div>
  );
}
