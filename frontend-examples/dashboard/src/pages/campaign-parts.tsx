import { useState } from 'react';
import {
  CampaignPartsDocument,
  type CampaignPartsQuery,
  CampaignSeriesDocument,
  type SeriesStep,
  type StatisticsDimension,
} from '../api/generated';
import { useAgainAfter, useAsk } from '../api/hooks';
import { at, count, timeZone, words } from '../format';
import Chart from '../ui/chart';
import { Button, Card, Empty, Loaded, Table } from '../ui/parts';

export function TimeLine({ id, sequence }: { readonly id: string; readonly sequence: string }) {
  const [step, setStep] = useState<SeriesStep>('HOUR');
  const series = useAsk(CampaignSeriesDocument, { id, step, timeZone });
  useAgainAfter(sequence, series.again);
  return (
    <Card
      title="Over time"
      aside={
        <div className="tabs" role="group" aria-label="Step">
          {(['QUARTER_HOUR', 'HOUR', 'DAY'] as const).map((one) => (
            <Button key={one} aria-pressed={step === one} onClick={() => setStep(one)}>
              {words(one)}
            </Button>
          ))}
        </div>
      }
    >
      <Loaded value={series.data?.campaignSeries} trouble={series.trouble} again={series.again} lines={5}>
        {(points) =>
          points.length === 0 ? (
            <Empty title="Nothing happened yet." />
          ) : (
            <Chart
              time
              x={points.map(({ startsAt }) => new Date(startsAt).getTime() / 1000)}
              format={(value) => count(Math.round(value))}
              summary={`From ${at(points[0]?.startsAt ?? '')}, each ${words(step).toLowerCase()}, in the zone ${timeZone}.`}
              lines={[
                {
                  name: 'Delivered',
                  colour: 'accent',
                  values: points.map(({ counts }) => Number(counts.delivered.total)),
                  filled: true,
                },
                {
                  name: 'Opened',
                  colour: 'blue',
                  values: points.map(({ counts }) => Number(counts.opens.human)),
                },
                {
                  name: 'Clicked',
                  colour: 'violet',
                  values: points.map(({ counts }) => Number(counts.clicks.human)),
                },
                {
                  name: 'Bounced',
                  colour: 'bad',
                  values: points.map(({ counts }) => Number(counts.bounces.total)),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  );
}

const BY: readonly (readonly [StatisticsDimension, string])[] = [
  ['LINK', 'Links'],
  ['DOMAIN', 'Domains'],
  ['COUNTRY', 'Countries'],
  ['DEVICE', 'Devices'],
  ['BOUNCE_CODE', 'Bounce codes'],
];

type Part = CampaignPartsQuery['campaignBreakdown']['edges'][number]['node'];

export function Breakdown({ id, sequence }: { readonly id: string; readonly sequence: string }) {
  const [by, setBy] = useState<StatisticsDimension>('LINK');
  const found = useAsk(CampaignPartsDocument, { id, by });
  useAgainAfter(sequence, found.again);
  const name = ({ name: said }: Part) => said ?? 'Other';
  const number = (title: string, of: (part: Part) => string) => ({
    name: title,
    right: true,
    cell: (part: Part) => count(of(part)),
  });
  const columns =
    by === 'LINK'
      ? [
          number('Clicks', ({ counts }) => counts.clicks.human),
          number('People', ({ counts }) => counts.clicks.humanUnique),
        ]
      : by === 'BOUNCE_CODE'
        ? [
            number('Bounces', ({ counts }) => counts.bounces.total),
            number('Hard', ({ counts }) => counts.bounces.hard.total),
            number('Soft', ({ counts }) => counts.bounces.soft.total),
          ]
        : [
            number('Sent', ({ counts }) => counts.sent.total),
            number('Delivered', ({ counts }) => counts.delivered.total),
            number('Opens', ({ counts }) => counts.opens.human),
            number('Clicks', ({ counts }) => counts.clicks.human),
            number('Bounces', ({ counts }) => counts.bounces.total),
          ];
  return (
    <Card
      title="By part"
      aside={
        <div className="tabs" role="group" aria-label="Broken down by">
          {BY.map(([one, title]) => (
            <Button key={one} aria-pressed={by === one} onClick={() => setBy(one)}>
              {title}
            </Button>
          ))}
        </div>
      }
    >
      <Loaded value={found.data?.campaignBreakdown.edges} trouble={found.trouble} again={found.again}>
        {(edges) => (
          <Table
            caption={`By ${words(by).toLowerCase()}`}
            rows={edges.map(({ node }) => node)}
            id={name}
            empty={<Empty title="Nothing was counted here yet." />}
            columns={[{ name: 'Which', cell: name }, ...columns]}
          />
        )}
      </Loaded>
    </Card>
  );
}
