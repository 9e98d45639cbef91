with windows as (
    {%- for model in ['int_callback_contact_windows', 'int_callback_greetings', 'int_callback_warranty_windows'] %}
    select
        contact_id,
        clause_id,
        customer_id,
        unit_id,
        employee_id,
        occurred_at,
        window_start_on,
        due_on,
        rule_version
    from {{ ref(model) }}
    where due_on >= {{ rebuilt_from() }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from windows
