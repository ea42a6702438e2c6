@echo off
rem Windows: double-click renders the class in data\private to reports\out\class; waits on an error.
cd /d "%~dp0.."
set EXTRA=
if exist reports\out\class\manifest.json set EXTRA=%EXTRA% --resume
if exist data\private\preferences.csv set EXTRA=%EXTRA% --preferences data\private\preferences.csv
if exist data\private\graduates.csv set EXTRA=%EXTRA% --graduates data\private\graduates.csv
set RUN=conda run --no-capture-output -n countersignal countersignal
if exist .venv\Scripts\countersignal.exe set RUN=.venv\Scripts\countersignal.exe
rem conda is a batch file itself: without call, this one would end with it
call %RUN% --version >nul 2>nul
if errorlevel 1 (
  echo Countersignal is not set up on this computer, or its setup is of an earlier version.
  echo Open the Anaconda Prompt in this folder and run:
  echo   conda env create -f environment.yml
  echo or, if it was set up before:
  echo   conda env update -f environment.yml
  echo Then double-click this file again.
  pause
  exit /b 2
)
call %RUN% batch --students data\private\students.csv --programs data\private\programs.csv --out reports\out\class %EXTRA%
set CODE=%ERRORLEVEL%
if not "%CODE%"=="0" (
  echo.
  echo Something needs your attention ^(see above^).
  pause
)
exit /b %CODE%
