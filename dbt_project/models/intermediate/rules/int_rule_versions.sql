with versions as (
    select
        rule_set,
        rule_version,
        cast(effective_from as date) as valid_from,
        cast(coalesce(
            lead(effective_from) over (partition by rule_set order by effective_from),
            date '9999-12-31'
        ) as date) as valid_to
    from {{ source('rules', 'rule_versions') }}
)

select * from versions
