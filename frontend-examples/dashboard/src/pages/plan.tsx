import { useState } from 'react';
import {
  CancelPlanDocument,
  InvoicesDocument,
  type InvoicesQuery,
  type PlanCycle,
  PlanPageDocument,
  type PlanPageQuery,
  type PlanNowFragment,
  ResumePlanDocument,
  StartPlanDocument,
  WatchPlanDocument,
} from '../api/generated';
import { useAction, useAgainAfter, useAsk, useFeed, useIntention } from '../api/hooks';
import { ask } from '../api/client';
import { at, count, day, money, words } from '../format';
import { Link } from '../router';
import { useSession } from '../session/session';
import { Address } from '../ui/address';
import { Form, Select } from '../ui/form';
import { Button, Card, Empty, Figure, Loaded, Note, Page, Refusal, Table, Tag } from '../ui/parts';
import { Seats } from './plan-seats';

export default function PlanPage() {
  const { viewer } = useSession();
  const page = useAsk(PlanPageDocument, { currency: viewer.account.currency });
  const changes = useFeed(WatchPlanDocument, {}, (_: string | null, { planChanged }) => planChanged.sequence);
  useAgainAfter(changes.state, page.again, 0);
  const plan = page.data?.viewer?.account.plan ?? null;
  return (
    <Page
      title="Plan and invoices"
      lead="How much you may send, how many of you there are, and what was billed."
    >
      <Address />
      <div className="grid wide">
        <Card
          title="Your plan"
          aside={plan && <Tag tone={plan.status === 'ACTIVE' ? 'good' : undefined}>{words(plan.status)}</Tag>}
        >
          <Loaded value={plan} trouble={page.trouble ?? changes.trouble} again={page.again}>
            {(now) => <Plan of={now} />}
          </Loaded>
        </Card>
        <Card title="Other plans">
          <Loaded value={page.data} trouble={null}>
            {(found) => <Choice page={found} now={plan} />}
          </Loaded>
        </Card>
      </div>
      {plan?.status === 'ACTIVE' && page.data && <Seats of={plan} catalog={page.data.planCatalog} />}
      <Invoices />
    </Page>
  );
}

const perDay = ({ messagesADay, messagesAMonth }: PlanNowFragment['limits']) =>
  messagesADay !== null
    ? `${count(messagesADay)} messages a day`
    : messagesAMonth !== null
      ? `${count(messagesAMonth)} messages a month`
      : 'Any number of messages';

function Plan({ of }: { readonly of: PlanNowFragment }) {
  const cancel = useAction(CancelPlanDocument);
  const resume = useAction(ResumePlanDocument);
  const { plan, limits, seats, nextCharge, endsAt, status, periodEnd } = of;
  return (
    <>
      <dl className="figures">
        <Figure name="Plan">{words(plan.code)}</Figure>
        <Figure name="Sends">{perDay(limits)}</Figure>
        <Figure name="Seats">
          {count(seats.used)} <span className="small muted">of {count(seats.limit)}</span>
        </Figure>
        {nextCharge && <Figure name={`Next charge, ${day(nextCharge.at)}`}>{money(nextCharge.gross)}</Figure>}
        {periodEnd && <Figure name="Paid until">{day(periodEnd)}</Figure>}
      </dl>
      {endsAt && <Note tone="warn">It ends on {day(endsAt)}; then the account is free again.</Note>}
      <Refusal of={cancel.refusal ?? resume.refusal} />
      <div className="row">
        {status === 'ACTIVE' && (
          <Button kind="grave" onClick={() => void cancel.run({})} disabled={cancel.busy}>
            Cancel the plan
          </Button>
        )}
        {status === 'CANCELLING' && (
          <Button onClick={() => void resume.run({})} disabled={resume.busy}>
            Keep it after all
          </Button>
        )}
      </div>
    </>
  );
}

function Choice({ page, now }: { readonly page: PlanPageQuery; readonly now: PlanNowFragment | null }) {
  const intention = useIntention();
  const start = useAction(StartPlanDocument, intention.done);
  const [cycle, setCycle] = useState<PlanCycle>('MONTHLY');
  const paid = page.planCatalog.filter(({ prices }) => prices.length > 0);
  const cards = page.viewer?.account.paymentMethods.filter(({ status }) => status === 'ACTIVE') ?? [];
  const send = ({ plan = '', card }: Record<string, string>) =>
    start.run({ input: { plan, cycle, paymentMethodId: card || null, idempotencyKey: intention.key } });
  const canStart = now === null || !['ACTIVE', 'CANCELLING', 'PENDING_PAYMENT'].includes(now.status);
  return (
    <Form onSend={(values) => void send(values)}>
      <Select
        label="Paid"
        value={cycle}
        onChange={({ target }) => setCycle(target.value as PlanCycle)}
        options={[
          ['MONTHLY', 'By the month'],
          ['YEARLY', 'By the year'],
        ]}
      />
      <fieldset>
        <legend>Plan</legend>
        {paid.map(({ code, limits, usersMax, prices }, index) => {
          const price = prices.find((one) => one.cycle === cycle)?.price;
          return (
            <label key={code} className="choice">
              <input
                type="radio"
                name="plan"
                value={code}
                defaultChecked={index === 0}
                disabled={!canStart}
              />
              <span>
                {words(code)}
                <small>
                  {perDay(limits)}, {count(usersMax)} people{price && `, ${money(price)} net`}
                </small>
              </span>
            </label>
          );
        })}
      </fieldset>
      <Refusal of={start.refusal} />
      {cards.length === 0 ? (
        <Note tone="warn">
          A plan is paid from a saved card. <Link to="/top-up">Save a card</Link>
        </Note>
      ) : (
        canStart && (
          <>
            <Select
              name="card"
              label="Card"
              options={cards.map(({ id, brand, last4 }) => [
                id,
                `${brand ? words(brand) : 'Card'} ··${last4 ?? ''}`,
              ])}
            />
            <div>
              <Button kind="main" type="submit" disabled={start.busy}>
                Start the plan
              </Button>
            </div>
          </>
        )
      )}
    </Form>
  );
}

type Invoice = NonNullable<InvoicesQuery['viewer']>['account']['invoices']['edges'][number]['node'];

function Invoices() {
  const first = useAsk(InvoicesDocument, {});
  const [further, setFurther] = useState<{ rows: readonly Invoice[]; cursor: string | null } | null>(null);
  const page = first.data?.viewer?.account.invoices;
  const cursor = further ? further.cursor : page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  const more = async () => {
    const { data } = await ask(InvoicesDocument, { after: cursor });
    const next = data?.viewer?.account.invoices;
    if (!next) return;
    const rows = [...(further?.rows ?? []), ...next.edges.map(({ node }) => node)];
    setFurther({ rows, cursor: next.pageInfo.hasNextPage ? next.pageInfo.endCursor : null });
  };
  return (
    <Card title="Invoices" aside={cursor && <Button onClick={() => void more()}>Show earlier ones</Button>}>
      <Loaded value={page} trouble={first.trouble} again={first.again}>
        {({ edges }) => (
          <Table
            caption="Invoices, credit notes and receipts"
            rows={[...edges.map(({ node }) => node), ...(further?.rows ?? [])]}
            id={({ id }) => id}
            empty={<Empty title="There is none yet." />}
            columns={[
              { name: 'Number', cell: ({ number }) => <span className="num">{number}</span> },
              { name: 'Kind', cell: ({ kind }) => words(kind) },
              { name: 'Issued', cell: ({ issuedAt }) => at(issuedAt) },
              { name: 'Total', right: true, cell: ({ gross }) => money(gross) },
              {
                name: 'Read',
                right: true,
                cell: ({ number, links }) => (
                  <>
                    <a href={links.html} aria-label={`${number} as a page`}>
                      Page
                    </a>{' '}
                    <a href={links.pdf} aria-label={`${number} as PDF`}>
                      PDF
                    </a>
                  </>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}
