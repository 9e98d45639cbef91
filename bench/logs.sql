-- Years of an organisation's logs, up to the end of 2025: always the same rows for a size, times thick around the limits.
-- getvariable('log_rows') rows in all, about, in getvariable('years') years: more years are more days of a smaller house.
-- 60 % punches, 12 % hotline calls, 8 % inspections, then callbacks, contacts …
create or replace temp macro first_day() as make_date(2026 - getvariable('years'), 1, 1);
create or replace temp macro days() as cast(date '2026-01-01' - first_day() as bigint);
create or replace temp macro months() as 12 * getvariable('years');
create or replace temp macro every_day() as table select unnest(generate_series(cast(first_day() as timestamp), timestamp '2025-12-31', interval 1 day)) as d;
create or replace temp macro dice(i, salt, sides) as cast(hash(cast(i as bigint) * 1000003 + salt) % cast(sides as ubigint) as bigint);
create or replace temp macro id(letter, i) as letter || lpad(cast(i as varchar), 8, '0');
create or replace temp macro share(part) as cast(getvariable('log_rows') * part as bigint);
create or replace temp macro people() as cast(getvariable('log_rows') / (878 * getvariable('years')) as bigint);
create or replace temp macro unit_count() as greatest(20, people() // 50);
create or replace temp macro day_of(i, salt) as cast(first_day() + cast(dice(i, salt, days()) as integer) as date);
create or replace temp macro moment(day, seconds) as cast(day as timestamp) + to_seconds(cast(seconds as bigint));

insert into raw.units by name
select
    id('U', u) as unit_id,
    'unit ' || u as unit_name,
    ['company', 'company', 'company', 'company', 'company', 'company', 'branch_office', 'branch_office', 'branch_office',
     'region', 'sales_centre', 'sales_centre', 'sales_centre', 'wedding', 'property', 'property', 'experience_store',
     'experience_store', 'school', 'command_centre'][u % 20 + 1] as unit_type,
    1 as load_id,
    u + 1 as source_row
from range(unit_count()) as t(u);

create or replace temp table staff as
select
    e,
    id('E', e) as employee_id,
    e % unit_count() as u,
    e // unit_count() as k,
    s.unit_id,
    s.unit_type
from range(people()) as t(e)
inner join raw.units as s on s.unit_id = id('U', e % unit_count());

insert into raw.employees by name
select
    employee_id,
    case n when 0 then date '2020-01-01' else date '2025-07-01' end as effective_on,
    'name ' || e as employee_name,
    unit_id,
    case
        when unit_type = 'command_centre' then 'operator'
        when unit_type in ('branch_office', 'region') and k = 0 then 'office_manager'
        when unit_type in ('branch_office', 'region') and k <= 2 then 'office_supervisor'
        when unit_type in ('branch_office', 'region') and k <= 20 then 'business_manager'
        when k = 0 then 'department_manager'
        else 'staff'
    end as position,
    cast(date '2012-01-01' + cast(dice(e, 1, 4500) as integer) as date) as hired_on,
    case when dice(e, 2, 50) = 0 then day_of(e, 3) end as left_on,
    case when dice(e, 2, 50) = 0 then cast(day_of(e, 3) - cast(dice(e, 4, 60) as integer) as date) end as resignation_applied_on,
    4000 + 100 * dice(e, 5, 60) + 300 * n as monthly_wage,
    200 as full_attendance_bonus,
    1 as load_id,
    e * 2 + n + 1 as source_row
from staff, range(2) as v(n)
where n = 0 or dice(e, 6, 10) = 0;

insert into raw.customers by name
select
    id('K', c) as customer_id,
    ['ordinary', 'ordinary', 'ordinary', 'ordinary', 'ordinary', 'ordinary', 'ordinary', 'ordinary', 'leader_introduced', 'vip'][dice(c, 10, 10) + 1] as segment,
    case when dice(c, 11, 8) = 0 then id('K', dice(c, 12, share(0.012) + 1)) end as referred_by_customer_id,
    1 as load_id,
    c + 1 as source_row
from range(share(0.012)) as t(c);

insert into raw.key_dates by name
select cast(first_day() + cast(14 + 30 * d as integer) as date) as key_date, null as unit_id,
    case d % 3 when 0 then 'node' else 'festival' end as kind, 1 as load_id, d + 1 as source_row
from range(months()) as t(d);

insert into raw.calendar_overrides by name
select cast(date '2025-03-01' + cast(u as integer) % 28 as date) as calendar_date, unit_id, false as is_working_day, 1 as load_id, u + 1 as source_row
from (select cast(substr(unit_id, 2) as bigint) as u, unit_id from raw.units) where u % 10 = 0;

-- two punches a working day, some proxied, forgotten or at the very limit; four where lunch is watched
insert into raw.punches by name
select
    employee_id,
    case p
        when 0 then moment(work_date, 8 * 3600 + 30 * 60 + [-900, -420, -60, 0, 299, 300, 301, 600][dice(x, 21, case dice(x, 20, 5) when 0 then 8 else 4 end) + 1] - dice(x, 22, 40) * cast(dice(x, 23, 6) > 0 as bigint))
        when 1 then moment(work_date, 18 * 3600 + [60, 300, 900, 3600, 0, -299, -300, -301][dice(x, 24, case dice(x, 31, 5) when 0 then 8 else 4 end) + 1] + dice(x, 25, 40) * cast(dice(x, 26, 6) > 0 as bigint))
        when 2 then moment(work_date, 12 * 3600 + dice(x, 27, 120))
        else moment(work_date, 12 * 3600 + 3480 + dice(x, 28, 240))
    end as punched_at,
    'card' as method,
    case when dice(x, 29, 1500) = 0 then id('E', (e + 1) % people()) end as punched_by,
    1 as load_id,
    row_number() over () as source_row
from (
    select s.*, cast(d.d as date) as work_date, p.p, e * 4 * (days() + 10) + cast(date_diff('day', first_day(), d.d) as bigint) * 4 + p.p as x
    from staff as s
    cross join every_day() as d
    cross join range(4) as p(p)
    where s.unit_type in ('company', 'branch_office', 'sales_centre', 'wedding', 'property', 'experience_store')
        and isodow(d.d) <= 6
        and (p.p <= 1 or s.unit_type = 'wedding')
)
where dice(x, 30, 40) > 0;

insert into raw.leave_requests by name
select
    id('L', i) as request_id,
    employee_id,
    ['personal', 'sick', 'annual', 'personal', 'sick', 'marriage', 'bereavement', 'maternity'][case when dice(i, 31, 40) = 0 then dice(i, 32, 8) else dice(i, 32, 5) end + 1] as leave_type,
    moment(day_of(i, 33), 8 * 3600 + 1800) as start_at,
    moment(day_of(i, 33) + cast(dice(i, 34, 4) as integer), [43200, 64800][dice(i, 35, 2) + 1]) as end_at,
    moment(day_of(i, 33), 8 * 3600 + 1800) - to_hours(cast([1, 24, 800, -2][dice(i, 36, 4) + 1] as bigint)) as requested_at,
    dice(i, 37, 5) = 0 as is_emergency,
    ['department_manager', 'company_leader', 'general_manager'][dice(i, 38, 3) + 1] as approver_role,
    'approved' as status,
    1 as load_id,
    i + 1 as source_row
from range(share(0.004)) as t(i)
inner join staff on e = dice(i, 39, people());

insert into raw.attendance_exceptions by name
select id('X', i) as exception_id, id('E', dice(i, 41, people())) as employee_id, day_of(i, 42) as work_date,
    ['in', 'out', 'day'][dice(i, 43, 3) + 1] as covers, 'approved' as status, dice(i, 44, 10) > 0 as reported_to_finance,
    1 as load_id, i + 1 as source_row
from range(share(0.003)) as t(i);

create or replace temp table operators as select *, row_number() over (order by e) - 1 as o from staff where unit_type = 'command_centre';
create or replace temp table clerks as select *, row_number() over (order by e) - 1 as o from staff where unit_type = 'experience_store';
create or replace temp table sellers as select *, row_number() over (order by e) - 1 as o from staff where unit_type = 'sales_centre';
create or replace temp table spenders as select *, row_number() over (order by e) - 1 as o from staff where unit_type in ('company', 'branch_office', 'region');

insert into raw.shifts by name
select id('H', i) as shift_id, employee_id, moment(day, starts) as starts_at, moment(day, starts + 28800) as ends_at,
    moment(day, starts - [1201, 1200, 1199, 601, 600, 599, 0][dice(i, 51, 7) + 1]) as arrived_at,
    moment(day, starts + 28800 + 300) as handed_over_at, moment(day, starts + 28800 + [299, 300, 600][dice(i, 52, 3) + 1]) as left_at,
    1 as load_id, i + 1 as source_row
from (select i, day_of(i, 53) as day, [0, 28800, 57600][dice(i, 54, 3) + 1] as starts from range(share(0.008)) as t(i))
inner join (
    select *, row_number() over (order by e) - 1 as n, count(*) over () as total
    from staff where unit_type in ('command_centre', 'experience_store')
) as s on n = dice(i, 55, total);

insert into raw.hotline_calls by name
select id('C', i) as call_id, case when dice(i, 61, 30) > 0 then employee_id end as operator_id, unit_id,
    ringing as ringing_at,
    case when dice(i, 62, 25) > 0 then ringing + to_seconds([3, 8, 12, 14, 15, 16, 30][dice(i, 63, 7) + 1]) end as answered_at,
    ringing + to_seconds(60 + dice(i, 64, 600)) as ended_at,
    case when dice(i, 65, 40) = 0 then 'operator' else 'caller' end as hung_up_by,
    1 as load_id, i + 1 as source_row
from (select i, moment(day_of(i, 66), dice(i, 67, 86400)) as ringing, dice(i, 68, (select count(*) from operators)) as n from range(share(0.12)) as t(i))
inner join operators on o = n;

insert into raw.cases by name
select id('Q', i) as case_id, employee_id as operator_id, unit_id, received as received_at, dice(i, 71, 20) = 0 as system_fault,
    received + to_seconds(dispatched) as dispatched_at,
    received + to_seconds(dispatched + read) as read_at,
    case when read > 3600 then received + to_seconds(dispatched + [5399, 5400, 5401][dice(i, 72, 3) + 1]) end as reminded_at,
    received + to_hours(20) as result_received_at,
    received + to_hours(20) + to_seconds([600, 1199, 1200, 1201][dice(i, 73, 4) + 1]) as feedback_sent_at,
    1 + cast(dice(i, 74, 20) = 0 as bigint) as dispatch_count, 1 as load_id, i + 1 as source_row
from (
    select i, moment(day_of(i, 75), dice(i, 76, 86400)) as received, [300, 1799, 1800, 1801, 3600, 3601][dice(i, 77, 6) + 1] as dispatched,
        [60, 1800, 3600, 3601, 7200][dice(i, 78, 5) + 1] as read, dice(i, 79, (select count(*) from operators)) as n
    from range(share(0.015)) as t(i)
)
inner join operators on o = n;

insert into raw.inspection_assets by name
select id('A', i) as asset_id, unit_id, first_day() as in_service_from, 1 as load_id, i + 1 as source_row
from range(greatest(share(0.08) // (2500 * getvariable('years')), 2)) as t(i)
inner join (select *, row_number() over (order by unit_id) - 1 as n, count(*) over () as total from raw.units where unit_type = 'property')
on n = i % total;

insert into raw.inspections by name
select id('N', row_number() over ()) as inspection_id, asset_id, 'E00000001' as inspector_id,
    moment(day, slot + [-1801, -1800, -600, 0, 60, 1800, 1801][dice(x, 81, 7) + 1]) as inspected_at,
    'daily' as round_type, null as item_code, case when dice(x, 82, 300) = 0 then 'fault' else 'ok' end as result,
    case when dice(x, 82, 300) = 0 then moment(day, slot + 3600 + dice(x, 83, 60000)) end as fault_handled_at,
    1 as load_id, row_number() over () as source_row
from (
    select asset_id, cast(d as date) as day, unnest([30600, 37800, 52200, 59400]) as slot,
        hash(asset_id, d) // 8 as h, cast(substr(asset_id, 2) as bigint) * 5 * days() + unnest([0, 1, 2, 3]) + 4 * date_diff('day', first_day(), d) as x
    from raw.inspection_assets, every_day()
)
where dice(x, 84, 20) > 0
union all
select id('W', row_number() over ()), asset_id, null, moment(first_day() + 5 + cast(7 * w + dice(x, 85, 7) as integer), 36000 + dice(x, 86, 20000)),
    'weekly', cast(item as varchar), 'ok', null, 1, row_number() over ()
from (select asset_id, w, item, cast(substr(asset_id, 2) as bigint) * 5 * days() + w * 20 + item as x from raw.inspection_assets, range(51 * getvariable('years')) as v(w), range(1, 21) as i(item))
where dice(x, 87, 60) > 0;

insert into raw.customer_contacts by name
select id('T', i) as contact_id, id('K', dice(i, 91, share(0.012))) as customer_id, unit_id, employee_id,
    ['call_in', 'call_in', 'visit', 'visit', 'visit', 'visit', 'deal', 'project_start', 'mid_payment', 'completion'][dice(i, 92, 10) + 1] as contact_type,
    moment(day_of(i, 93), 32400 + dice(i, 94, 32000)) as occurred_at,
    case when dice(i, 95, 10) > 0 then ['A', 'B', 'C', 'D'][dice(i, 96, 4) + 1] end as customer_class,
    dice(i, 97, 4) = 0 as is_high_quality, dice(i, 98, 5) = 0 as is_key, 1 as load_id, i + 1 as source_row
from range(share(0.03)) as t(i)
inner join sellers on o = dice(i, 99, (select count(*) from sellers));

insert into raw.work_orders by name
select id('O', i) as work_order_id, id('K', dice(i, 101, share(0.012))) as customer_id, unit_id, ['repair', 'complaint'][dice(i, 102, 2) + 1] as order_type,
    moment(day_of(i, 103), 28800 + dice(i, 104, 40000)) as opened_at, 1 as load_id, i + 1 as source_row
from range(share(0.006)) as t(i)
inner join (select *, row_number() over (order by unit_id) - 1 as n, count(*) over () as total from raw.units where unit_type in ('sales_centre', 'property'))
on n = dice(i, 105, total);

insert into raw.callbacks by name
select id('B', i) as callback_id, c.customer_id, c.employee_id, ['phone', 'phone', 'phone', 'message', 'visit'][dice(i, 111, 5) + 1] as channel,
    moment(cast(c.occurred_at as date) + cast([0, 1, 3, 4, 7, 10, 11, 15, 20][dice(i, 112, 9) + 1] as integer),
        [35999, 36000, 40000, 41400, 41401, 55800, 61200, 61201][dice(i, 113, 8) + 1]) as called_at,
    case when dice(i, 114, 3) = 0 then 1 + dice(i, 115, 5) end as satisfaction_score,
    dice(i, 116, 30) = 0 as issue_raised,
    case when dice(i, 111, 5) = 4 then cast(c.occurred_at as date) + cast(dice(i, 117, 20) as integer) end as report_filed_on,
    1 as load_id, i + 1 as source_row
from range(share(0.045)) as t(i)
inner join raw.customer_contacts as c on c.contact_id = id('T', dice(i, 118, share(0.03)))
union all
select id('BW', i), customer_id, id('E', dice(i, 119, people())), 'phone', opened_at + to_seconds([3600, 86399, 86400, 86401][dice(i, 120, 4) + 1]), 4, false, null, 1, i + 1
from (select *, source_row - 1 as i from raw.work_orders);

insert into raw.experience_visits by name
select id('V', i) as visit_id, id('K', dice(i, 121, share(0.012))) as customer_id, unit_id, moment(day_of(i, 122), 32400 + dice(i, 123, 30000)) as visited_at,
    employee_id, 1 as load_id, i + 1 as source_row
from range(share(0.03)) as t(i)
inner join clerks on o = dice(i, 124, (select count(*) from clerks));

insert into raw.class_assessments by name
select id('S', i) as assessment_id, id('K', dice(i, 126, share(0.012))) as customer_id, unit_id, day_of(i, 127) as assessed_on,
    ['A', 'B', 'C'][dice(i, 128, 3) + 1] as customer_class, 1 as load_id, i + 1 as source_row
from range(share(0.01)) as t(i)
inner join clerks on o = dice(i, 129, (select count(*) from clerks));

insert into raw.sales_orders by name
select id('R', i) as order_id, id('K', dice(i, 131, share(0.012))) as customer_id, unit_id, employee_id,
    moment(day_of(i, 132), 32400 + dice(i, 133, 30000)) as ordered_at,
    ['purchase', 'purchase', 'purchase', 'deposit', 'refund'][dice(i, 134, 5) + 1] as order_type, 'device' as product, 1 as quantity,
    [3980, 3980, 3980, 3980, 3979.99][dice(i, 135, 5) + 1] as unit_price,
    case when dice(i, 134, 5) = 3 then [99.99, 100, 150, 200, 200.01][dice(i, 136, 5) + 1] else 3980 end as amount,
    case when dice(i, 137, 30) = 0 then 50 end as gift_value, 1 as load_id, i + 1 as source_row
from range(share(0.008)) as t(i)
inner join clerks on o = dice(i, 138, (select count(*) from clerks));

insert into raw.promotions by name
select id('P', row_number() over ()) as promotion_id, unit_id, cast(first_day() + 9 + cast(60 * p as integer) as date) as starts_on,
    cast(first_day() + 15 + cast(60 * p as integer) as date) as ends_on, 1 as load_id, row_number() over () as source_row
from raw.units, range(months() // 2) as t(p) where unit_type = 'experience_store';

insert into raw.sales_targets by name
select unit_id, null as employee_id, cast(first_day() + to_months(cast(m as integer)) as date) as month, 20 as target_units, 1 as load_id, row_number() over () as source_row
from raw.units, range(months()) as t(m) where unit_type = 'experience_store';

insert into raw.business_trips by name
select id('J', i) as trip_id, employee_id, cast(day_of(i, 141) - 5 as date) as applied_on, cast(day_of(i, 141) - 4 as date) as approved_on,
    'approved' as status, dice(i, 142, 20) > 0 as form_complete, day_of(i, 141) as departs_on,
    cast(day_of(i, 141) + cast(dice(i, 143, 5) as integer) as date) as returns_on, 1 as load_id, i + 1 as source_row
from range(share(0.004)) as t(i)
inner join spenders on o = dice(i, 144, (select count(*) from spenders));

insert into raw.special_expense_requests by name
select id('Z', i) as request_id, unit_id, ['promotion', 'other', 'entertainment', 'training'][dice(i, 145, 4) + 1] as category,
    500 + dice(i, 146, 3000) as amount, day_of(i, 147) as requested_on, cast(day_of(i, 147) + 1 as date) as approved_on, 'approved' as status,
    1 as load_id, i + 1 as source_row
from range(share(0.001)) as t(i)
inner join spenders on o = dice(i, 148, (select count(*) from spenders));

insert into raw.budgets by name
select unit_id, cast(first_day() + to_months(cast(m as integer)) as date) as month, category, 20000 as amount, 1 as load_id, row_number() over () as source_row
from raw.units, range(months()) as t(m), (select unnest(['fuel', 'per_diem', 'office_phone', 'office_supplies', 'promotion', 'entertainment', 'taxi', 'other']) as category)
where unit_type in ('company', 'branch_office', 'region');

insert into raw.phone_limits by name
select position, cast(first_day() + to_months(cast(m as integer)) as date) as month, 100 as amount, 1 as load_id, row_number() over () as source_row
from (select unnest(['staff', 'department_manager']) as position), range(months()) as t(m);

insert into raw.expense_lines by name
select id('M', i // 3) as claim_id, i % 3 + 1 as line_no, s.unit_id, s.employee_id, category, spent as incurred_on,
    cast(spent + cast([1, 5, 10, 15, 20, 21][dice(i, 151, 6) + 1] as integer) as date) as submitted_on,
    cast(5 + dice(i, 152, 60000) / 100 as decimal(18, 2)) as amount,
    ['tax_invoice', 'tax_invoice', 'tax_invoice', 'ticket', 'tax_invoice', 'white_slip'][case when dice(i, 153, 12) = 0 then 6 else 1 + dice(i, 154, 5) end] as receipt_type,
    case when category in ('per_diem', 'long_distance_transport') then t.trip_id end as trip_id,
    case when category in ('promotion', 'other', 'entertainment', 'training') then id('Z', dice(i, 155, share(0.001))) end as special_request_id,
    dice(i, 156, 30) > 0 as approved_by_manager, dice(i, 157, 30) > 0 as audited_by_supervisor,
    case when dice(i, 158, 60) = 0 then 'rejected' else 'accepted' end as finance_status,
    case when dice(i, 159, 20) > 0 then 'department_manager>finance>deputy_general_manager>general_manager' else 'department_manager>finance' end as approval_path,
    case when category = 'long_distance_transport' then ['bus', 'hard_seat', 'hard_sleeper', 'flight'][dice(i, 160, 4) + 1] end as transport_mode,
    6 + dice(i, 161, 4) as transport_hours, 300 as reference_fare, 2 as guests_count, true as guests_noted, dice(i, 162, 4) = 0 as is_shared,
    dice(i, 163, 2) = 0 as co_traveller_signed, dice(i, 164, 2) = 0 as no_car_available, 1 as load_id, i + 1 as source_row
from (
    select i, dice(i, 165, (select count(*) from spenders)) as n, dice(i, 166, share(0.004)) as j,
        ['per_diem', 'long_distance_transport', 'office_phone', 'office_supplies', 'fuel', 'fuel', 'parking', 'taxi', 'phone', 'promotion', 'entertainment', 'other', 'short_haul_transport', 'training'][dice(i, 167, 14) + 1] as category
    from range(share(0.03)) as v(i)
) as l
left join raw.business_trips as t on t.trip_id = id('J', j) and l.category in ('per_diem', 'long_distance_transport')
inner join spenders as s on case when t.trip_id is null then s.o = l.n else s.employee_id = t.employee_id end
cross join lateral (select coalesce(t.departs_on, day_of(l.i, 168)) as spent);

insert into raw.receivables by name
select id('I', i) as invoice_id, unit_id, id('K', dice(i, 171, 2000)) as customer_id, employee_id as business_manager_id, day_of(i, 172) as shipped_on,
    100 + dice(i, 173, 900) as amount, 1500 as credit_limit, 1 as load_id, i + 1 as source_row
from range(share(0.003)) as t(i)
inner join (select *, row_number() over (order by e) - 1 as n, count(*) over () as total from staff where unit_type = 'branch_office') on n = dice(i, 174, total);

insert into raw.receipts by name
select id('G', i) as receipt_id, unit_id, invoice_id, moment(shipped_on + cast(dice(i, 175, 60) as integer), 36000) as received_at, amount,
    moment(shipped_on + cast(dice(i, 175, 60) as integer) + 1, [32399, 32400, 32401][dice(i, 176, 3) + 1]) as deposited_at, 1 as load_id, i + 1 as source_row
from (select *, source_row - 1 as i from raw.receivables) where dice(i, 177, 10) > 0;

insert into raw.bad_debts by name
select id('D', source_row) as bad_debt_id, invoice_id, day_of(source_row, 181) as confirmed_on, amount, 'general_manager' as confirmed_by_role, 1 as load_id, source_row
from raw.receivables where source_row % 50 = 0;

insert into raw.cash_advances by name
select id('F', i) as advance_id, employee_id, [500, 2000, 2000.01][dice(i, 191, 3) + 1] as amount, day_of(i, 192) as borrowed_on, 'office_manager' as approved_by_role,
    1 as load_id, i + 1 as source_row
from range(share(0.001)) as t(i)
inner join (select *, row_number() over (order by e) - 1 as n, count(*) over () as total from staff where unit_type = 'branch_office') on n = dice(i, 193, total);

insert into raw.advance_repayments by name
select id('Y', source_row) as repayment_id, advance_id, cast(borrowed_on + cast([20, 28, 31, 32][dice(source_row, 194, 4) + 1] as integer) as date) as repaid_on, amount, 1 as load_id, source_row
from raw.cash_advances;

insert into raw.account_transactions by name
select id('AT', i) as transaction_id, unit_id, ['income', 'expense'][dice(i, 196, 2) + 1] as account, moment(day_of(i, 197), 36000) as occurred_at,
    case when dice(i, 198, 20) = 0 then 'out' else 'in' end as direction, 100 as amount, 1 as load_id, i + 1 as source_row
from range(share(0.005)) as t(i)
inner join (select *, row_number() over (order by unit_id) - 1 as n, count(*) over () as total from raw.units where unit_type in ('branch_office', 'region')) on n = dice(i, 199, total);

insert into raw.event_contracts by name
select id('EC', i) as contract_id, id('K', dice(i, 201, share(0.012))) as customer_id, unit_id, employee_id, day_of(i, 202) as signed_on,
    moment(day_of(i, 202) + cast(dice(i, 203, 90) as integer), 40680) as event_at, 9000 as total_amount, case when dice(i, 204, 15) = 0 then 'cancelled' else 'active' end as status,
    1 as load_id, i + 1 as source_row
from range(share(0.001)) as t(i)
inner join (select *, row_number() over (order by e) - 1 as n, count(*) over () as total from staff where unit_type = 'wedding') on n = dice(i, 205, total);

insert into raw.event_tasks by name
select contract_id, task_code, event_at - to_seconds([864000, 604800, 259200, 172800, 86400, 1800, -86400][dice(source_row * 13 + n, 206, 7) + 1]) as done_at, 1 as load_id, row_number() over () as source_row
from raw.event_contracts, (select unnest(range(13)) as n, unnest(['deposit_2_collected', 'host_meeting', 'suppliers_confirmed', 'pre_event_meeting', 'petty_cash_requested',
    'venue_access_confirmed', 'rehearsal_done', 'team_briefing', 'final_payment_collected', 'receipt_marked_settled', 'callback_form_filed', 'summary_filed', 'contract_archived']) as task_code)
where dice(source_row * 13 + n, 207, 12) > 0;

insert into raw.conduct_incidents by name
select id('CI', i) as incident_id, employee_id, moment(day_of(i, 211), 36000 + dice(i, 212, 20000)) as occurred_at,
    ['phone_noise', 'visitor_reception', 'littering', 'smoking_or_class_phone', 'private_activity', 'lost_item', 'paper_waste'][dice(i, 213, 7) + 1] as rule_code,
    100 as item_price, case when dice(i, 214, 2) = 0 then 40 + dice(i, 215, 80) end as assessed_amount, 1 as load_id, i + 1 as source_row
from range(share(0.002)) as t(i)
inner join (select *, row_number() over (order by e) - 1 as n, count(*) over () as total from staff where unit_type = 'school') on n = dice(i, 216, total);

insert into raw.class_incidents by name
select id('CL', i) as incident_id, unit_id, 'class ' || dice(i, 221, 30) as class_id, day_of(i, 222) as occurred_on,
    ['rude_language', 'fighting', 'dirty_classroom', 'untidy_desks', 'dangerous_toy', 'broken_glass'][dice(i, 223, 6) + 1] as rule_code,
    1 + dice(i, 224, 3) as people_count, case when dice(i, 225, 2) = 0 then 2 + dice(i, 226, 10) end as assessed_points, 1 as load_id, i + 1 as source_row
from range(share(0.003)) as t(i)
inner join (select *, row_number() over (order by unit_id) - 1 as n, count(*) over () as total from raw.units where unit_type = 'school') on n = dice(i, 227, total);
