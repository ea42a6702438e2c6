@echo off
rem Windows: double-click renders the class in data\private to reports\out\class, says where they are and waits.
cd /d "%~dp0.."
set EXTRA=
set STUDENTS=data\private\students.csv
set PROGRAMS=data\private\programs.csv
set PREFERENCES=
set GRADUATES=
rem A table may be CSV, text or a workbook; of several kinds the last in this order is taken.
for %%K in (txt ods xls xlsx csv) do (
  if exist data\private\students.%%K set STUDENTS=data\private\students.%%K
  if exist data\private\programs.%%K set PROGRAMS=data\private\programs.%%K
  if exist data\private\preferences.%%K set PREFERENCES=--preferences data\private\preferences.%%K
  if exist data\private\graduates.%%K set GRADUATES=--graduates data\private\graduates.%%K
)
if exist reports\out\class\manifest.json set EXTRA=%EXTRA% --resume
if exist data\private\mapping.toml set EXTRA=%EXTRA% --mapping data\private\mapping.toml
rem A double-click finds conda only if its installer put it on the path; else it lies in one of these places.
set CONDA=conda
where conda >nul 2>nul || for %%H in ("%USERPROFILE%" "%LOCALAPPDATA%" "%ProgramData%") do for %%K in (miniforge3 miniconda3 anaconda3) do if exist "%%~H\%%K\condabin\conda.bat" set CONDA="%%~H\%%K\condabin\conda.bat"
set RUN=%CONDA% run --no-capture-output -n countersignal countersignal
if exist .venv\Scripts\countersignal.exe set RUN=.venv\Scripts\countersignal.exe
rem conda is a batch file itself: without call, this one would end with it
call %RUN% --version >nul 2>nul
if errorlevel 1 (
  echo Countersignal is not set up on this computer, or its setup is of an earlier version.
  echo Open the Anaconda Prompt in this folder and run:
  echo   conda env create -f environment.yml
  echo or, if it was set up before:
  echo   conda env update -f environment.yml
  echo Then double-click this file again. If it still does not start, type in the Anaconda Prompt:
  echo   launchers\render-class.bat
  pause
  exit /b 2
)
call %RUN% batch --students %STUDENTS% --programs %PROGRAMS% --out reports\out\class %PREFERENCES% %GRADUATES% %EXTRA%
set CODE=%ERRORLEVEL%
rem not in brackets: a folder such as countersignal (1) would close them
set "SAID=Done. The reports and summary.csv are in: %CD%\reports\out\class"
if not "%CODE%"=="0" set "SAID=Something needs your attention (see above)."
echo.
echo %SAID%
pause
exit /b %CODE%
