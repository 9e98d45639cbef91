with scored_months as (
    select
        operator_id,
        cast(date_trunc('year', month) as date) as year_start_on,
        score
    from {{ ref('int_operator_months') }}
    where score is not null
),

-- the months so far count alike, each as it was reported (R2-2.5.3)
means as (
    select
        operator_id,
        year_start_on,
        cast(year_start_on + interval 1 year - interval 1 day as date) as year_end_on,
        count(*) as scored_months,
        {{ exact_quotient('sum(cast(score * 100 as bigint))', 'count(*) * 100') }} as mean_score
    from scored_months
    group by operator_id, year_start_on
),

grades as (
    {{ rule_items('R2', 'grade_floor', 'decimal(9,4)') | indent(4) }}
),

-- the highest grade whose lowest score is reached
graded as (
    select
        m.*,
        g.item as grade,
        g.rule_version,
        row_number() over (
            partition by m.operator_id, m.year_start_on
            order by g.value desc, g.item
        ) as place
    from means as m
    inner join grades as g
        on m.year_end_on >= g.valid_from
        and m.year_end_on < g.valid_to
        and m.mean_score >= g.value
),

final as (
    select
        cast(operator_id as {{ text_type() }}) as operator_id,
        cast(year(year_start_on) as bigint) as year,
        cast(mean_score as decimal(18,2)) as mean_score,
        cast(grade as {{ text_type() }}) as grade,
        cast(scored_months as bigint) as scored_months,
        cast(rule_version as {{ text_type() }}) as rule_version
    from graded
    where place = 1
)

select * from final
