def test_doctor_finds_the_packages_and_the_workspace(core, tmp_path):
    code, answer, _ = core("doctor")
    assert code == 0
    found = {check["name"]: check for check in answer["checks"]}
    assert found["Python"]["ok"] and found["Model packages"]["ok"] and found["Workspace"]["ok"]
    assert str(tmp_path) in found["Workspace"]["found"]
