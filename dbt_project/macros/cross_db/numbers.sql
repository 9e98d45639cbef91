{#- A rate between 0 and 1 (double); null where the denominator is 0 or null. -#}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}

{% macro int_div(a, b) -%} {{ return(adapter.dispatch('int_div')(a, b)) }} {%- endmacro %}
{% macro default__int_div(a, b) -%} (({{ a }}) // ({{ b }})) {%- endmacro %}
{% macro spark__int_div(a, b) -%} (({{ a }}) div ({{ b }})) {%- endmacro %}

{#- amount × multiplier × quantity ÷ divisor in CNY, rounded once, half away from zero, exact (whole numbers, no floating point).
    amount has two decimals, multiplier up to four, quantity one, divisor is a whole number; null where any is null or divisor is 0. -#}
{% macro money_share(amount, multiplier='1', quantity='1', divisor='1') -%}
    {%- set scaled -%}
        {{ wide_integer(amount ~ ' * 100') }} * {{ wide_integer('(' ~ multiplier ~ ') * 10000') }} * {{ wide_integer('(' ~ quantity ~ ') * 10') }}
    {%- endset -%}
    {%- set unit -%} nullif({{ wide_integer(divisor) }}, 0) * 100000 {%- endset -%}
    cast(
        cast({{ sign_of(scaled) }} * {{ int_div('2 * abs(' ~ scaled ~ ') + ' ~ unit, '2 * ' ~ unit) }} as decimal(20,0)) * cast(0.01 as decimal(3,2))
    as decimal(18,2))
{%- endmacro %}

{#- -1, 0 or 1, as a whole number. -#}
{% macro sign_of(x) -%} {{ return(adapter.dispatch('sign_of')(x)) }} {%- endmacro %}
{% macro default__sign_of(x) -%} sign({{ x }}) {%- endmacro %}
{% macro spark__sign_of(x) -%} cast(sign({{ x }}) as int) {%- endmacro %}

{% macro text_type() -%} {{ return(adapter.dispatch('text_type')()) }} {%- endmacro %}
{% macro default__text_type() -%} varchar {%- endmacro %}
{% macro spark__text_type() -%} string {%- endmacro %}

{#- The name of a type: 'varchar' is not the same everywhere. -#}
{% macro type_name(type) -%} {{ text_type() if type == 'varchar' else type }} {%- endmacro %}

{#- Text that the loader found to be of the type, as that. Spark may cast rows before it leaves them out, guarded or not:
    there, what is of another type is null, not an error. -#}
{% macro cast_checked(text, type) -%} {{ return(adapter.dispatch('cast_checked')(text, type)) }} {%- endmacro %}
{% macro default__cast_checked(text, type) -%} cast({{ text }} as {{ type_name(type) }}) {%- endmacro %}
{% macro spark__cast_checked(text, type) -%} try_cast({{ text }} as {{ type_name(type) }}) {%- endmacro %}

{#- Texts of a group joined by a separator in a stated order (which must not tie). -#}
{% macro string_agg_ordered(expression, separator, order_by) -%} {{ return(adapter.dispatch('string_agg_ordered')(expression, separator, order_by)) }} {%- endmacro %}
{% macro default__string_agg_ordered(expression, separator, order_by) -%} string_agg({{ expression }}, '{{ separator }}' order by {{ order_by }}) {%- endmacro %}
{% macro spark__string_agg_ordered(expression, separator, order_by) -%} listagg({{ expression }}, '{{ separator }}') within group (order by {{ order_by }}) {%- endmacro %}

{#- A whole number of up to 38 digits, for products of counts. -#}
{% macro wide_integer(x) -%} {{ return(adapter.dispatch('wide_integer')(x)) }} {%- endmacro %}
{% macro default__wide_integer(x) -%} cast({{ x }} as hugeint) {%- endmacro %}
{% macro spark__wide_integer(x) -%} cast({{ x }} as decimal(38,0)) {%- endmacro %}

{#- numerator ÷ denominator to two decimals, rounded half up, exact; both are whole numbers that are not negative; null where the denominator is 0 or null. -#}
{% macro exact_quotient(numerator, denominator) -%}
    cast(cast({{ int_div('200 * (' ~ numerator ~ ') + ' ~ denominator, 'nullif(2 * (' ~ denominator ~ '), 0)') }} as decimal(18,2)) * cast(0.01 as decimal(3,2)) as decimal(18,2))
{%- endmacro %}

{#- An aggregate: how much of a limit is used up before the first line of a group, after it, after the next … (an array that
    begins with 0). Lines come in the order of `place`; an amount of 0 or more takes at most what is left of the limit that
    holds for its own line (null = no limit), a negative one gives back. Only where the limit changes on the way: see
    int_expense_allowances for one that does not. -#}
{% macro running_use(place, amount, limit) -%} {{ return(adapter.dispatch('running_use')(place, amount, limit)) }} {%- endmacro %}
{% macro default__running_use(place, amount, limit) -%}
    list_reduce(
        list({'amount': {{ amount }}, 'ceiling': {{ limit }}} order by {{ place }}),
        lambda used, line: list_append(used, cast(case
            when line.amount < 0 or line.ceiling is null then used[-1] + line.amount
            else greatest(used[-1], least(used[-1] + line.amount, line.ceiling))
        end as decimal(18,2))),
        [cast(0 as decimal(18,2))]
    )
{%- endmacro %}
{% macro spark__running_use(place, amount, limit) -%}
    aggregate(
        array_sort(collect_list(named_struct('place', {{ place }}, 'amount', {{ amount }}, 'ceiling', {{ limit }}))),
        array(cast(0 as decimal(18,2))),
        (used, line) -> array_append(used, cast(case
            when line.amount < 0 or line.ceiling is null then element_at(used, -1) + line.amount
            else greatest(element_at(used, -1), least(element_at(used, -1) + line.amount, line.ceiling))
        end as decimal(18,2)))
    )
{%- endmacro %}

{#- The nth element of an array, counted from 1. -#}
{% macro array_element(array, n) -%} {{ return(adapter.dispatch('array_element')(array, n)) }} {%- endmacro %}
{% macro default__array_element(array, n) -%} list_extract({{ array }}, {{ n }}) {%- endmacro %}
{% macro spark__array_element(array, n) -%} element_at({{ array }}, cast({{ n }} as int)) {%- endmacro %}

{#- What each of n people bears of an amount in whole cents; the cents that cannot be shared are left over. -#}
{% macro even_share(amount, n) -%}
    cast(cast({{ int_div('cast(' ~ amount ~ ' * 100 as bigint)', 'nullif(' ~ n ~ ', 0)') }} as decimal(18,2)) * cast(0.01 as decimal(3,2)) as decimal(18,2))
{%- endmacro %}
