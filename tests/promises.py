"""What is promised, and where each promise is tested: purely, over a real WebSocket, and over WebRTC.

`tests/test_promises_kept.py` checks that every promise and every policy of `CallPolicy` has tests at each of
the three levels, and that they exist.
"""

from dataclasses import dataclass

PURE = "tests/conversation/"
SOCKET = "tests/session/"
LINE = "tests/line/"

MACHINE = f"{PURE}test_promises.py::TestPromises"
STORM = (
    "tests/storm/test_storm.py"
    "::test_in_a_storm_every_function_call_is_answered_once_and_nothing_is_left_behind"
)
FUZZ = "tests/storm/test_fuzz.py::"
SCENES = f"{PURE}test_conversation.py::"
BEARINGS = f"{PURE}test_bearings.py::"
PROMISES = f"{SOCKET}test_promises.py::"
SESSIONS = f"{SOCKET}test_session.py::"
POLICIES = f"{SOCKET}test_policies.py::"
WEBRTC = f"{LINE}test_policies.py::"
DISPATCH = "tests/dispatch/"


@dataclass(frozen=True)
class Kept:
    """Something promised, and the tests that it is kept. `pure` ones decide without a socket; those of
    `socket` go over a WebSocket to a service, those of `line` over WebRTC to the embedded server."""

    promise: str
    pure: tuple[str, ...]
    socket: tuple[str, ...]
    line: tuple[str, ...]


NINE = {
    1: Kept(
        "Every completed function call gets exactly one output, whatever happens to its tool.",
        (
            MACHINE,
            f"{SCENES}test_whatever_becomes_of_a_tool_its_call_gets_one_output_and_is_spoken_about",
            f"{BEARINGS}test_function_calls_that_nobody_saw_are_taken_out_and_the_model_is_asked_again",
        ),
        (
            STORM,
            f"{SOCKET}test_losses.py::test_a_function_call_that_came_and_went_while_the_sideband_was_away_is_asked_for_again",
            f"{SESSIONS}test_fifty_calls_at_once_get_one_answer_each",
            f"{SESSIONS}test_whatever_goes_wrong_with_a_call_the_model_gets_one_sentence_that_is_safe_to_say",
            f"{SOCKET}test_losses.py::test_a_result_that_comes_while_the_sideband_is_away_is_sent_once_when_it_is_back",
            f"{SOCKET}test_isolation.py::test_a_crash_of_a_worker_is_answered_once_and_the_next_call_is_served",
        ),
        (
            f"{WEBRTC}test_everything_is_answered_once_at_once_and_spoken_about",
            f"{LINE}test_faults.py::test_a_function_call_that_came_while_the_sideband_was_away_is_made_again",
            f"{LINE}test_accidents.py::test_a_plugin_that_breaks_in_the_middle_of_a_call_harms_nobody",
        ),
    ),
    2: Kept(
        "An incomplete function call is neither run nor answered; finished arguments alone start nothing.",
        (
            MACHINE,
            f"{SCENES}test_finished_arguments_alone_start_nothing",
            f"{SCENES}test_a_function_call_that_no_response_made_is_not_run",
        ),
        (STORM, f"{PROMISES}test_half_a_function_call_is_neither_run_nor_answered"),
        (f"{WEBRTC}test_only_function_calls_that_a_response_has_completed_are_run",),
    ),
    3: Kept(
        "No response is asked for while one is requested or active, nor while the caller speaks; a busy "
        "service is asked again, and nothing is lost or said twice.",
        (
            MACHINE,
            f"{SCENES}test_no_response_is_asked_for_while_the_caller_speaks",
            f"{SCENES}test_a_busy_service_is_asked_again_after_its_response",
            f"{BEARINGS}test_what_was_answered_while_nobody_saw_is_not_asked_about_again",
        ),
        (
            STORM,
            f"{SOCKET}test_losses.py::test_what_was_answered_while_the_sideband_was_away_is_not_answered_again",
            f"{PROMISES}test_a_result_is_sent_while_the_caller_speaks_and_spoken_about_after_it",
            f"{PROMISES}test_a_busy_service_is_asked_again_when_its_response_is_over",
        ),
        (
            f"{WEBRTC}test_everything_is_answered_once_at_once_and_spoken_about",
            f"{LINE}test_faults.py::test_a_sideband_that_drops_as_the_agent_begins_to_speak_has_nothing_said_twice",
        ),
    ),
    4: Kept(
        "Every output that should be spoken is heard by some response; a silent one causes none.",
        (
            MACHINE,
            f"{SCENES}test_a_result_that_crosses_a_response_in_flight_is_not_lost",
            f"{SCENES}test_a_silent_tool_is_answered_and_not_spoken_about",
        ),
        (
            STORM,
            f"{SESSIONS}test_two_calls_are_answered_in_their_own_time_and_spoken_about",
            f"{PROMISES}test_a_silent_tool_is_answered_and_causes_no_response",
        ),
        (
            f"{WEBRTC}test_everything_is_answered_once_at_once_and_spoken_about",
            f"{WEBRTC}test_deliver_silent",
            f"{LINE}test_spoken_question.py::test_the_talk_goes_on_while_a_slow_tool_runs_and_its_result_is_spoken_unasked",
        ),
    ),
    5: Kept(
        "A result is on the wire as soon as it is there, in any state of the conversation.",
        (MACHINE, f"{SCENES}test_no_response_is_asked_for_while_the_caller_speaks"),
        (f"{PROMISES}test_a_result_is_sent_while_the_caller_speaks_and_spoken_about_after_it",),
        (f"{WEBRTC}test_everything_is_answered_once_at_once_and_spoken_about",),
    ),
    6: Kept(
        "Barge-in cancels the response, not the tools, unless a tool asks for it.",
        (MACHINE, f"{SCENES}test_a_barge_in_stops_only_the_tools_that_ask_for_it"),
        (
            f"{SESSIONS}test_a_barge_in_reaches_the_tool_that_asked_to_be_stopped",
            f"{PROMISES}test_a_barge_in_stops_no_tool_that_did_not_ask_for_it",
        ),
        (
            f"{WEBRTC}test_on_barge_in",
            f"{LINE}test_accidents.py::test_speaking_over_the_agent_stops_its_sound_and_gets_an_answer",
        ),
    ),
    7: Kept(
        "Benign errors change nothing, fatal ones end the session with a reason, a failed response is tried "
        "once more and otherwise reported.",
        (
            f"{SCENES}test_benign_errors_change_nothing",
            f"{SCENES}test_fatal_errors_end_the_session_with_a_reason",
            f"{SCENES}test_a_failed_response_is_tried_once_more_and_then_reported",
        ),
        (
            f"{PROMISES}test_benign_errors_are_not_worth_a_word",
            f"{SESSIONS}test_a_fatal_error_ends_the_session_with_its_reason",
            f"{PROMISES}test_a_failed_response_is_tried_once_more_and_then_reported",
        ),
        (f"{WEBRTC}test_a_failed_response_is_tried_once_more_then_told_and_the_talk_goes_on",),
    ),
    8: Kept(
        "Unknown events, unknown fields, events out of order, twice, or for ids never seen never raise and "
        "never corrupt state.",
        (
            f"{PURE}test_disorder.py::test_events_in_any_order_neither_raise_nor_leave_a_call_unanswered",
            f"{FUZZ}test_ten_thousand_events_in_disorder_raise_nothing_and_leave_no_call_unanswered",
        ),
        (f"{FUZZ}test_two_thousand_events_in_disorder_come_through_a_real_session",),
        (f"{WEBRTC}test_nonsense_on_the_line_disturbs_nobody",),
    ),
    9: Kept(
        "Memory of a session is bounded, and gone with it.",
        (MACHINE, f"{SCENES}test_a_thousand_calls_later_nothing_of_them_is_kept_but_their_names"),
        (
            STORM,
            f"{SOCKET}test_losses.py::test_a_session_that_has_ended_is_forgotten_and_its_tools_are_stopped",
        ),
        (f"{WEBRTC}test_a_session_that_has_ended_is_forgotten",),
    ),
}

OF_POLICIES = {
    "timeout": Kept(
        "After it the work is cancelled, and the model is told.",
        (f"{SCENES}test_a_tool_that_takes_too_long_is_stopped_and_the_model_is_told",),
        (f"{PROMISES}test_a_tool_that_takes_too_long_is_interrupted_and_the_model_told",),
        (f"{WEBRTC}test_timeout",),
    ),
    "announce_after": Kept(
        "After it the agent says that it is still looking.",
        (f"{SCENES}test_a_slow_tool_is_announced_once_when_the_line_has_been_quiet_for_a_while",),
        (f"{PROMISES}test_a_slow_tool_is_announced_with_its_last_word_and_told_when_it_is_done",),
        (f"{WEBRTC}test_announce_after",),
    ),
    "deliver": Kept(
        "A silent result is given to the model, and not spoken about.",
        (f"{SCENES}test_a_silent_tool_is_answered_and_not_spoken_about",),
        (f"{PROMISES}test_a_silent_tool_is_answered_and_causes_no_response",),
        (f"{WEBRTC}test_deliver_silent",),
    ),
    "on_barge_in": Kept(
        "A call that asks for it is cancelled when the caller interrupts.",
        (f"{SCENES}test_a_barge_in_stops_only_the_tools_that_ask_for_it",),
        (f"{SESSIONS}test_a_barge_in_reaches_the_tool_that_asked_to_be_stopped",),
        (f"{WEBRTC}test_on_barge_in",),
    ),
    "concurrency": Kept(
        "So many calls of a tool run at once; the others wait in order.",
        (
            f"{DISPATCH}test_turns.py::test_bounds_hold_nobody_is_forgotten_and_no_place_stays_empty",
            f"{DISPATCH}test_turns.py::test_a_call_with_a_lower_limit_keeps_its_place_in_line",
        ),
        (f"{PROMISES}test_so_many_calls_of_a_tool_run_at_once_as_its_policy_says",),
        (f"{WEBRTC}test_concurrency",),
    ),
    "retry": Kept(
        "A tool that may be repeated is tried again after an accident, within its deadline.",
        (
            f"{DISPATCH}test_retries.py::test_the_next_attempt_comes_later_and_within_the_deadline_or_not_at_all",
        ),
        (f"{POLICIES}test_an_accident_of_a_repeatable_tool_is_survived_and_told_to_the_watchers",),
        (f"{WEBRTC}test_retry",),
    ),
    "duplicates": Kept(
        "The same call, while it runs, joins the one that runs, is rejected, or is allowed.",
        (
            f"{DISPATCH}test_duplicates.py::test_the_same_call_joins_the_one_that_runs_and_both_get_its_outcome",
            f"{DISPATCH}test_duplicates.py::test_a_duplicate_may_be_rejected_in_words",
            f"{DISPATCH}test_duplicates.py::test_a_duplicate_may_be_allowed_and_has_a_key_of_its_own",
        ),
        (
            f"{POLICIES}test_the_same_call_twice_runs_once_and_both_are_answered",
            f"{POLICIES}test_a_duplicate_is_rejected_where_the_file_says_so",
        ),
        (f"{WEBRTC}test_duplicates",),
    ),
    "confirm": Kept(
        "The tool runs only after the caller has agreed, aloud or by a button.",
        (
            MACHINE,
            f"{SCENES}test_a_tool_that_needs_a_yes_is_not_run_before_the_caller_had_a_turn",
            f"{SCENES}test_after_the_callers_turn_the_same_call_runs_once",
        ),
        (f"{SESSIONS}test_a_tool_that_needs_a_yes_runs_after_the_button_was_pressed",),
        (
            f"{LINE}test_confirmation.py::test_what_needs_a_yes_is_asked_aloud_and_done_after_a_spoken_yes",
            f"{LINE}test_confirmation.py::test_after_a_spoken_no_nothing_is_done",
        ),
    ),
    "result_limit": Kept(
        "A longer result is cut at a sensible place, and can be read on.",
        (
            f"{DISPATCH}test_results.py::test_any_value_comes_out_as_clean_json_within_its_limit",
            f"{DISPATCH}test_pages.py::test_a_list_is_read_element_by_element",
        ),
        (f"{POLICIES}test_a_long_result_is_read_on_with_a_tool_that_comes_with_it",),
        (f"{WEBRTC}test_result_limit",),
    ),
    "isolation": Kept(
        "A tool harms only what it shares a loop, a thread or a process with.",
        (f"{DISPATCH}test_placement.py::test_kind_and_policy_decide",),
        (
            f"{SOCKET}test_isolation.py::test_a_crash_of_a_worker_is_answered_once_and_the_next_call_is_served",
            f"{SOCKET}test_isolation.py::test_a_tool_that_blocks_its_loop_is_named_and_the_one_behind_it_answered",
        ),
        (f"{WEBRTC}test_isolation",),
    ),
    "answer_within": Kept(
        "What a running tool asks the caller stands for so long; the time of its call stands still.",
        (
            MACHINE,
            f"{PURE}test_questions.py::test_a_question_that_nobody_answers_is_declined_in_the_end",
            f"{PURE}test_questions.py::test_the_time_of_a_call_stands_still_while_the_caller_is_asked",
        ),
        (
            f"{SOCKET}test_questions.py::test_the_answer_is_checked_against_what_is_asked_and_reaches_the_tool",
            f"{SOCKET}test_questions.py::test_a_question_that_nobody_answers_is_declined_by_the_clock",
        ),
        (
            f"{LINE}test_warehouse.py::test_answer_within",
            f"{LINE}test_warehouse.py::test_a_server_asks_the_caller_and_goes_on_with_the_answer",
        ),
    ),
    "background": Kept(
        "The function call is answered at once, and the result told when it is there.",
        (
            MACHINE,
            f"{SCENES}test_background_work_is_answered_at_once_and_reported_when_it_is_done",
        ),
        (f"{SESSIONS}test_a_job_reports_when_it_is_done_though_its_call_was_answered_long_ago",),
        (f"{WEBRTC}test_background",),
    ),
}
