// What of Argo CD works without a person: its controllers and its repo server, by the first argument. The others would be half of it.
package main

import (
	"log"
	"os"

	applicationcontroller "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	applicationsetcontroller "github.com/argoproj/argo-cd/v3/cmd/argocd-applicationset-controller/commands"
	reposerver "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
	"github.com/argoproj/argo-cd/v3/cmd/util"
	argolog "github.com/argoproj/argo-cd/v3/util/log"
	"github.com/spf13/cobra"
	"k8s.io/klog/v2"
)

var commands = map[string]func() *cobra.Command{
	"argocd-application-controller":    applicationcontroller.NewCommand,
	"argocd-applicationset-controller": applicationsetcontroller.NewCommand,
	"argocd-repo-server":               reposerver.NewCommand,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		log.Fatal("The first argument is argocd-application-controller, argocd-applicationset-controller or argocd-repo-server.")
	}
	klog.SetLogger(argolog.NewLogrusLogger(argolog.NewWithCurrentConfig()))
	command := commands[os.Args[1]]()
	command.SetArgs(os.Args[2:])
	util.SetAutoMaxProcs(false)
	if err := command.Execute(); err != nil {
		os.Exit(1)
	}
}
