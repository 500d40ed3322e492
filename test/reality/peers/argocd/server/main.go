// Argo CD's API server, for those who may not reach its objects. Without its user interface, which the Go module lacks.
package main

import (
	"log"
	"os"

	server "github.com/argoproj/argo-cd/v3/cmd/argocd-server/commands"
	"github.com/argoproj/argo-cd/v3/cmd/util"
	argolog "github.com/argoproj/argo-cd/v3/util/log"
	"k8s.io/klog/v2"
)

func main() {
	klog.SetLogger(argolog.NewLogrusLogger(argolog.NewWithCurrentConfig()))
	command := server.NewCommand()
	command.SetArgs(os.Args[1:])
	util.SetAutoMaxProcs(false)
	if err := command.Execute(); err != nil {
		log.Fatal(err)
	}
}
