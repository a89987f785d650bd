package example;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.ClientAuthorizationException;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.util.WebUtils;

/** The one page: who is signed in, and how sure that is. */
@Controller
class Home {
    private final OAuth2AuthorizedClientManager tokens;

    Home(OAuth2AuthorizedClientManager tokens) {
        this.tokens = tokens;
    }

    @GetMapping("/")
    String home(@AuthenticationPrincipal OidcUser person, OAuth2AuthenticationToken signedIn,
            HttpServletRequest request, Model page) {
        if (person != null) {
            page.addAttribute("person", person);
            var accessToken = accessToken(signedIn, request.getSession());
            page.addAttribute("until", accessToken.getExpiresAt().truncatedTo(ChronoUnit.SECONDS));
        }
        return "home";
    }

    /** One that is good for another minute: the manager refreshes the one that is not. */
    private OAuth2AccessToken accessToken(OAuth2AuthenticationToken signedIn, HttpSession session) {
        var wanted = OAuth2AuthorizeRequest
                .withClientRegistrationId(signedIn.getAuthorizedClientRegistrationId())
                .principal(signedIn)
                .build();
        // Of requests that come together one refreshes: a refresh token is good once.
        synchronized (WebUtils.getSessionMutex(session)) {
            return tokens.authorize(wanted).getAccessToken();
        }
    }

    /** No token was to be had: the sign-in at the provider is over, and with it the one here. */
    @ExceptionHandler(ClientAuthorizationException.class)
    String signedOut(ClientAuthorizationException why, HttpServletRequest request) throws ServletException {
        if (!List.of("invalid_grant", "client_authorization_required").contains(why.getError().getErrorCode())) {
            throw why; // the provider has a trouble of its own
        }
        request.logout();
        return "redirect:/";
    }
}
