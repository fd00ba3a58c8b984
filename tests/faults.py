"""Every fault of the embedded server, and the tests of what becomes of a call under it.

`tests/test_faults_tested.py` checks that every fault has tests, and that they exist.
"""

WRITTEN = "tests/testing/test_faults.py::"
LINE = "tests/line/test_faults.py::"

BENIGN = f"{WRITTEN}test_what_is_said_otherwise_than_expected_changes_nothing"
MADE = f"{LINE}test_a_call_is_made_and_answered_all_the_same"

TESTED = {
    "late_created": (BENIGN, f"{WRITTEN}test_a_response_that_is_seconds_late_is_not_asked_for_again"),
    "active_response_race": (
        f"{WRITTEN}test_a_response_that_nobody_saw_is_waited_for_and_nothing_is_answered_twice",
    ),
    "failed_response": (
        f"{WRITTEN}test_a_response_that_fails_is_asked_for_once_more",
        f"{WRITTEN}test_a_response_that_fails_twice_is_noticed_and_answered_with_the_next_turn",
    ),
    "incomplete_response": (
        f"{WRITTEN}test_half_an_answer_is_noticed_as_such_and_the_call_goes_on",
        f"{WRITTEN}test_half_a_function_call_is_neither_run_nor_answered",
    ),
    "rate_limited": (
        f"{WRITTEN}test_the_response_about_an_output_is_asked_for_again_and_the_tool_is_not_run_again",
    ),
    "expiry": (
        f"{WRITTEN}test_a_session_that_expires_in_its_socket_goes_on_in_another_that_knows_everything",
    ),
    "sideband_unknown": (MADE,),
    "sideband_dropped": (
        f"{LINE}test_a_sideband_that_drops_while_a_tool_is_called_loses_and_repeats_nothing",
        f"{LINE}test_a_sideband_that_drops_as_the_agent_begins_to_speak_has_nothing_said_twice",
        f"{LINE}test_a_function_call_that_came_while_the_sideband_was_away_is_made_again",
    ),
    "reordered": (BENIGN,),
    "unknown_events": (BENIGN,),
    "unknown_fields": (BENIGN,),
    "preview_spellings": (BENIGN,),
    "duplicates": (BENIGN,),
    "filtered_channel": (MADE,),
    "ice_loss": (f"{LINE}test_a_caller_whose_media_fall_silent_gets_a_new_line_and_is_answered",),
    "key_expired": (MADE,),
    "busy_service": (
        f"{WRITTEN}test_a_service_that_is_busy_for_a_moment_is_asked_again_and_the_caller_is_answered",
        f"{WRITTEN}test_a_caller_whom_a_service_refuses_for_longer_is_told_why",
    ),
}
