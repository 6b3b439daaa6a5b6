import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { Redirect, Route, Router, Switch, useLocation, useSearch } from "wouter";
import { ApiProblem } from "./api/problem.ts";
import { forgetSession, loadFirstSession, useSession } from "./api/session.ts";
import { Failure } from "./elements/failure.tsx";
import { askForFirstPage } from "./first-page.ts";
import { PAGES } from "./pages.ts";
import { NotFoundScreen } from "./screens/not-found/not-found-screen.tsx";
import { ScreenBoundary } from "./shell/screen-boundary.tsx";
import { Shell } from "./shell/shell.tsx";

const SignInScreen = lazy(() => import("./screens/sign-in/sign-in-screen.tsx"));

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // Every page asks again after some seconds anyway; and a network that seems to be away may still reach the app.
      retry: false,
      networkMode: "always",
      staleTime: 1_000,
    },
  },
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof ApiProblem && error.isSignedOut) forgetSession();
    },
  }),
});

const firstPage = askForFirstPage(client);

export function App() {
  return (
    <QueryClientProvider client={client}>
      <Router base="/console">
        <Suspense>
          <Door />
        </Suspense>
      </Router>
    </QueryClientProvider>
  );
}

/** Lets in whoever is signed in, and leads the others to the sign-in with the way back. */
function Door() {
  const session = useSession();
  const [location] = useLocation();
  const search = useSearch();
  const { isLoading, problem } = useFirstSession();
  if (location === "/sign-in") return <SignInScreen />;
  if (isLoading) return null;
  if (session !== null) return <Screens />;
  if (problem !== null && !problem.isSignedOut) {
    return (
      <main className="alone">
        <h1>The console cannot start</h1>
        <Failure problem={problem} />
      </main>
    );
  }
  const back = search === "" ? location : `${location}?${search}`;
  return <Redirect replace to={back === "/" ? "/sign-in" : `/sign-in?back=${encodeURIComponent(back)}`} />;
}

function useFirstSession() {
  const [state, setState] = useState<{ isLoading: boolean; problem: ApiProblem | null }>({
    isLoading: true,
    problem: null,
  });
  useEffect(() => {
    firstPage.then(loadFirstSession).then(
      () => setState({ isLoading: false, problem: null }),
      (problem: ApiProblem) => setState({ isLoading: false, problem }),
    );
  }, []);
  return state;
}

function Screens() {
  const [location] = useLocation();
  return (
    <Shell>
      <ScreenBoundary key={location}>
        <Suspense fallback={<div className="loading" />}>
          <Switch>
            {PAGES.map(({ path, screen: Screen }) => (
              <Route key={path} path={path}>
                <Screen />
              </Route>
            ))}
            <Route>
              <NotFoundScreen />
            </Route>
          </Switch>
        </Suspense>
      </ScreenBoundary>
    </Shell>
  );
}
