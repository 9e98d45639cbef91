{%- set measures = ['answer', 'dispatch', 'reminder', 'feedback', 'handover'] -%}
with calls as (
    select
        operator_id,
        {{ month_of('rung_on') }} as month,
        max(rung_on) as last_record_on,
        count(*) as calls,
        count(is_answered_in_time) as answer_judged,
        count_if(is_answered_in_time) as answer_met,
        count_if(is_operator_hang_up) as operator_hang_ups
    from {{ ref('int_hotline_calls') }}
    where operator_id is not null
    group by operator_id, {{ month_of('rung_on') }}
),

cases as (
    select
        operator_id,
        {{ month_of('received_on') }} as month,
        max(received_on) as last_record_on,
        count(*) as cases,
        count_if(is_repeat_dispatch) as repeat_dispatches,
        count(is_dispatched_in_time) as dispatch_judged,
        count_if(is_dispatched_in_time) as dispatch_met,
        count(is_reminded_in_time) as reminder_judged,
        count_if(is_reminded_in_time) as reminder_met,
        count(is_fed_back_in_time) as feedback_judged,
        count_if(is_fed_back_in_time) as feedback_met
    from {{ ref('int_cases') }}
    group by operator_id, {{ month_of('received_on') }}
),

handovers as (
    select
        operator_id,
        {{ month_of('starts_on') }} as month,
        max(starts_on) as last_record_on,
        count(is_handover_met) as handover_judged,
        count_if(is_handover_met) as handover_met
    from {{ ref('int_shift_handovers') }}
    group by operator_id, {{ month_of('starts_on') }}
),

operator_months as (
    select
        operator_id,
        month,
        max(last_record_on) as last_record_on
    from (
        select operator_id, month, last_record_on from calls
        union all
        select operator_id, month, last_record_on from cases
        union all
        select operator_id, month, last_record_on from handovers
    ) as records
    group by operator_id, month
),

counted as (
    select
        m.operator_id,
        m.month,
        m.last_record_on,
        coalesce(c.calls, 0) as calls,
        coalesce(c.operator_hang_ups, 0) as operator_hang_ups,
        coalesce(k.cases, 0) as cases,
        coalesce(k.repeat_dispatches, 0) as repeat_dispatches,
        coalesce(c.answer_judged, 0) as answer_judged,
        coalesce(c.answer_met, 0) as answer_met,
        coalesce(k.dispatch_judged, 0) as dispatch_judged,
        coalesce(k.dispatch_met, 0) as dispatch_met,
        coalesce(k.reminder_judged, 0) as reminder_judged,
        coalesce(k.reminder_met, 0) as reminder_met,
        coalesce(k.feedback_judged, 0) as feedback_judged,
        coalesce(k.feedback_met, 0) as feedback_met,
        coalesce(h.handover_judged, 0) as handover_judged,
        coalesce(h.handover_met, 0) as handover_met
    from operator_months as m
    left join calls as c
        on c.operator_id = m.operator_id
        and c.month = m.month
    left join cases as k
        on k.operator_id = m.operator_id
        and k.month = m.month
    left join handovers as h
        on h.operator_id = m.operator_id
        and h.month = m.month
),

-- weights are given to four decimals: counted in ten-thousandths they are whole
weights as (
    select
        rule_version,
        valid_from,
        valid_to
        {%- for measure in measures %},
        max(case when item = '{{ measure }}' then cast(value * 10000 as bigint) else 0 end) as {{ measure }}_weight
        {%- endfor %}
    from ({{ rule_items('R2', 'measure_weight', 'decimal(9,4)') | indent(4) }}) as items
    group by rule_version, valid_from, valid_to
),

-- a measure without a denominator takes no part (R2-2.5.2)
weighed as (
    select
        c.*,
        w.rule_version
        {%- for measure in measures %},
        {{ wide_integer('case when c.' ~ measure ~ '_judged > 0 then w.' ~ measure ~ '_weight else 0 end') }} as {{ measure }}_weight,
        {{ wide_integer('c.' ~ measure ~ '_met') }} as {{ measure }}_numerator,
        {{ wide_integer('greatest(c.' ~ measure ~ '_judged, 1)') }} as {{ measure }}_denominator
        {%- endfor %}
    from counted as c
    inner join weights as w
        on last_day(c.month) >= w.valid_from
        and last_day(c.month) < w.valid_to
),

-- the weighted shares over one common denominator, so that nothing is rounded before the end
summed as (
    select
        *,
        {% for measure in measures -%}
        {{ measure }}_weight * {{ measure }}_numerator
        {%- for other in measures if other != measure %} * {{ other }}_denominator{% endfor %}
        {{- ' + ' if not loop.last }}
        {% endfor -%}
        as weighted_numerator,
        ({% for measure in measures %}{{ measure }}_weight{{ ' + ' if not loop.last }}{% endfor %})
        {%- for measure in measures %} * {{ measure }}_denominator{% endfor %} as weighted_denominator
    from weighed
),

people as (
    select
        employee_id,
        unit_id,
        valid_from,
        valid_to
    from {{ ref('int_employee_periods') }}
),

final as (
    select
        cast(s.operator_id as {{ text_type() }}) as operator_id,
        cast(s.month as date) as month,
        cast(p.unit_id as {{ text_type() }}) as unit_id,
        cast(s.calls as bigint) as calls,
        cast({{ ratio('s.answer_met', 's.answer_judged') }} as double) as answered_in_time_rate,
        cast(s.operator_hang_ups as bigint) as operator_hang_ups,
        cast(s.cases as bigint) as cases,
        cast({{ ratio('s.dispatch_met', 's.dispatch_judged') }} as double) as dispatched_in_time_rate,
        cast({{ ratio('s.reminder_met', 's.reminder_judged') }} as double) as reminded_in_time_rate,
        cast({{ ratio('s.feedback_met', 's.feedback_judged') }} as double) as fed_back_in_time_rate,
        cast({{ ratio('s.handover_met', 's.handover_judged') }} as double) as handover_rate,
        {{ exact_quotient('100 * s.weighted_numerator', 's.weighted_denominator') }} as score,
        cast(s.repeat_dispatches as bigint) as repeat_dispatches
        {%- for measure in measures %},
        cast(s.{{ measure }}_judged as bigint) as {{ measure }}_judged,
        cast(s.{{ measure }}_met as bigint) as {{ measure }}_met
        {%- endfor %},
        cast(s.rule_version as {{ text_type() }}) as rule_version
    from summed as s
    left join people as p
        on p.employee_id = s.operator_id
        and s.last_record_on >= p.valid_from
        and s.last_record_on < p.valid_to
)

select * from final
