"""The settings of plugins in the documentation are such as the plugins take."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from jackfield.config import load
from jackfield.plugins import Plugins, PluginState

from .listings import Listing, all_in
from .test_listings import environment

SHIPPED = {"guard", "hours", "http", "sql"}
WITH_SETTINGS = [
    one
    for one in all_in("yaml")
    if not one.text.startswith("# ") and SHIPPED & set(yaml.safe_load(one.text).get("plugins") or {})
]


@pytest.mark.parametrize("one", WITH_SETTINGS, ids=str)
def test_plugins_take_the_settings_that_the_documentation_shows(
    one: Listing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = one.text if "\nagents:" in one.text else one.text + "\nagents: {a: }\n"
    (tmp_path / "agents.yaml").write_text(text)
    config = load(tmp_path / "agents.yaml", environment(text))
    used = SHIPPED & set(config.plugin_settings)
    plugins = Plugins.load(config.plugin_settings, allow=used)
    try:
        for report in plugins.report():
            missing_document = "shop.yaml" in report.reason or "shop.json" in report.reason
            assert report.name not in used or report.state is PluginState.LOADED or missing_document, report
    finally:
        Plugins.load({}, allow=used)  # the guard lets go of its log
