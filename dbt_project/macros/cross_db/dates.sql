{#- Whole seconds from a to b; negative when b comes first. -#}
{% macro elapsed_seconds(a, b) -%} {{ return(adapter.dispatch('elapsed_seconds')(a, b)) }} {%- endmacro %}
{% macro default__elapsed_seconds(a, b) -%} date_sub('second', {{ a }}, {{ b }}) {%- endmacro %}
{% macro spark__elapsed_seconds(a, b) -%} timestampdiff(second, {{ a }}, {{ b }}) {%- endmacro %}

{#- Whole minutes from a to b, seconds dropped. -#}
{% macro elapsed_minutes(a, b) -%} {{ return(adapter.dispatch('elapsed_minutes')(a, b)) }} {%- endmacro %}
{% macro default__elapsed_minutes(a, b) -%} date_sub('minute', {{ a }}, {{ b }}) {%- endmacro %}
{% macro spark__elapsed_minutes(a, b) -%} timestampdiff(minute, {{ a }}, {{ b }}) {%- endmacro %}

{#- Days from date a to date b. -#}
{% macro days_between(a, b) -%} {{ return(adapter.dispatch('days_between')(a, b)) }} {%- endmacro %}
{% macro default__days_between(a, b) -%} date_diff('day', {{ a }}, {{ b }}) {%- endmacro %}
{% macro spark__days_between(a, b) -%} datediff({{ b }}, {{ a }}) {%- endmacro %}

{#- A date n days (an expression) after d. -#}
{% macro add_days(d, n) -%} {{ return(adapter.dispatch('add_days')(d, n)) }} {%- endmacro %}
{% macro default__add_days(d, n) -%} cast({{ d }} + to_days(cast({{ n }} as integer)) as date) {%- endmacro %}
{% macro spark__add_days(d, n) -%} date_add({{ d }}, cast({{ n }} as int)) {%- endmacro %}

{#- A date n months (an expression) after d, cut to the month's last day. -#}
{% macro add_months(d, n) -%} {{ return(adapter.dispatch('add_months')(d, n)) }} {%- endmacro %}
{% macro default__add_months(d, n) -%} cast({{ d }} + to_months(cast({{ n }} as integer)) as date) {%- endmacro %}
{% macro spark__add_months(d, n) -%} add_months({{ d }}, cast({{ n }} as int)) {%- endmacro %}

{#- A timestamp n seconds (an expression) after t. -#}
{% macro add_seconds(t, n) -%} {{ return(adapter.dispatch('add_seconds')(t, n)) }} {%- endmacro %}
{% macro default__add_seconds(t, n) -%} {{ t }} + to_seconds(cast({{ n }} as bigint)) {%- endmacro %}
{% macro spark__add_seconds(t, n) -%} timestampadd(second, cast({{ n }} as int), {{ t }}) {%- endmacro %}

{#- The timestamp at a time of day ('HH:MM:SS' text) on date d. -#}
{% macro at_time(d, time_text) -%} cast(cast({{ d }} as {{ text_type() }}) || ' ' || {{ time_text }} as timestamp) {%- endmacro %}

{#- Seconds from midnight to a time of day ('HH:MM:SS' text). -#}
{% macro seconds_of_day(time_text) -%} {{ elapsed_seconds("timestamp '2000-01-01 00:00:00'", at_time("date '2000-01-01'", time_text)) }} {%- endmacro %}

{#- ISO day of the week: 1 = Monday … 7 = Sunday. -#}
{% macro isodow(d) -%} {{ return(adapter.dispatch('isodow')(d)) }} {%- endmacro %}
{% macro default__isodow(d) -%} isodow({{ d }}) {%- endmacro %}
{% macro spark__isodow(d) -%} (weekday({{ d }}) + 1) {%- endmacro %}

{#- The first day of the month of a date or timestamp. -#}
{% macro month_of(d) -%} cast(date_trunc('month', {{ d }}) as date) {%- endmacro %}

{#- Rows of `relation` multiplied by each date from from_date to to_date (both included): column `as_column`. Use in a from clause: from x cross join lateral-like. -#}
{% macro explode_dates(from_date, to_date) -%} {{ return(adapter.dispatch('explode_dates')(from_date, to_date)) }} {%- endmacro %}
{% macro default__explode_dates(from_date, to_date) -%} cast(unnest(generate_series(cast({{ from_date }} as timestamp), cast({{ to_date }} as timestamp), interval 1 day)) as date) {%- endmacro %}
{% macro spark__explode_dates(from_date, to_date) -%} explode(case when {{ from_date }} <= {{ to_date }} then sequence({{ from_date }}, {{ to_date }}, interval 1 day) else array() end) {%- endmacro %}

{#- Whole numbers from a to b (both included), one row each, in a select list. -#}
{% macro explode_integers(a, b) -%} {{ return(adapter.dispatch('explode_integers')(a, b)) }} {%- endmacro %}
{% macro default__explode_integers(a, b) -%} unnest(generate_series(cast({{ a }} as bigint), cast({{ b }} as bigint))) {%- endmacro %}
{% macro spark__explode_integers(a, b) -%} explode(case when {{ a }} <= {{ b }} then sequence(cast({{ a }} as bigint), cast({{ b }} as bigint)) else array() end) {%- endmacro %}

{#- The timestamp halfway between a and b, to the whole second. -#}
{% macro halfway(a, b) -%} {{ add_seconds(a, int_div(elapsed_seconds(a, b), '2')) }} {%- endmacro %}
