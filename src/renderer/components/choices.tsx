import { useId } from 'react';
import { Icon } from './Icon.tsx';

/** One of the answers that stand to choose from. */
export interface Option<V extends string> {
  readonly value: V;
  readonly label: string;
  /** BCP 47 tag where the label is in another language than the page, so that it is spoken right. */
  readonly lang?: string;
}

interface ChoiceProps<V extends string> {
  readonly label: string;
  readonly name: string;
  readonly value: V;
  readonly options: readonly Option<V>[];
  readonly onChange: (value: V) => void;
}

/** One of several, below each other. */
export function ChoiceList<V extends string>(props: ChoiceProps<V>) {
  return <Choices {...props} listClass="group" optionClass="choice" marked />;
}

/** One of two or three short ones, side by side. */
export function Segments<V extends string>(props: ChoiceProps<V>) {
  return <Choices {...props} listClass="segments" optionClass="segment" marked={false} />;
}

interface ChoicesProps<V extends string> extends ChoiceProps<V> {
  readonly listClass: string;
  readonly optionClass: string;
  readonly marked: boolean;
}

function Choices<V extends string>(props: ChoicesProps<V>) {
  const id = useId();
  return (
    <div className="group" role="radiogroup" aria-labelledby={id}>
      <span className="group-label" id={id}>
        {props.label}
      </span>
      <div className={props.listClass}>
        {props.options.map((option) => (
          <label key={option.value} className={props.optionClass} lang={option.lang}>
            <input
              type="radio"
              name={props.name}
              value={option.value}
              checked={option.value === props.value}
              onChange={() => props.onChange(option.value)}
            />
            <span>{option.label}</span>
            {props.marked && <Icon name="check" />}
          </label>
        ))}
      </div>
    </div>
  );
}
