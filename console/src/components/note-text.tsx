import { Fragment } from "react";
import { useUserName } from "@/api/users";

const mention = /(@\[[0-9a-f-]{36}\])/;

/** The text of a note. `@[id]` is somebody who is told of it, and shown by name. */
export function NoteText({ text }: { text: string }) {
  return (
    <p className="whitespace-pre-line break-words">
      {text.split(mention).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text stay as they are
        <Fragment key={index}>{mention.test(part) ? <Mention id={part.slice(2, -1)} /> : part}</Fragment>
      ))}
    </p>
  );
}

function Mention({ id }: { id: string }) {
  return <span className="font-medium text-accent-text">@{useUserName(id)}</span>;
}
